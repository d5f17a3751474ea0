"""Deadline: an HTTP adapter whose connections can be cut from another thread."""

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class DeadlineAdapter(HTTPAdapter):
    """As requests' own, and `cut` ends every exchange that is under way.

    requests' timeouts bound each read, so that a server which trickles bytes holds its caller for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Has the pools make connections that are known here."""
        super().init_poolmanager(*args, **kwargs)
        opened = self._opened

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                opened(self.sock)

        class Secured(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                opened(self.sock)

        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        secured = type("SecuredPool", (HTTPSConnectionPool,), {"ConnectionCls": Secured})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secured}

    def cut(self) -> None:
        """Shuts every socket down: whoever waits on one gets an error at once."""
        with self._lock:
            for opened in self._open:
                # A socket that is closed already has nobody waiting on it.
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def _opened(self, sock: Any) -> None:
        with self._lock:
            # A kept connection replaces a dead one now and then: what is closed need not be remembered.
            self._open = {known for known in self._open if known.fileno() >= 0}
            if isinstance(sock, socket.socket):
                self._open.add(sock)

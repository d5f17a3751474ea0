"""Whereabouts: what a delivered file is called and where it lay, told with nothing personal in the clear.

People put names and mail addresses into file names and folders. What is personal there is told as its token, like in a
row; the words themselves are sealed under the delivery's key, as its rejected bytes are, so that the file can be found again.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from aios_assets.enrich import look
from aios_assets.enrich.redact import tokenise
from aios_assets.feeds import Delivery
from aios_assets.vault import Forgotten, Vault

SEALED = "lay"
"""Where an entry keeps the sealed words; it is there only where something personal was in them."""


@dataclass(frozen=True)
class Whereabouts:
    """A delivered file's path and, where it is an entry of an archive, that entry's name."""

    path: Path
    member: str = ""


def called(delivery: Delivery, vault: Vault) -> str:
    """What receipts, tables and the ledger call the file: its name, with tokens in the place of what is personal."""
    return delivery.name if _clean(delivery.name, _path(delivery)) else _impersonal(delivery.name, vault)


def look_through(deliveries: Iterable[Delivery]) -> None:
    """Looks through the names and paths of many deliveries in one go, and remembers what is clean: one by one costs more."""
    look.spans(pl.Series([text for one in deliveries for text in (one.name, _path(one))], dtype=pl.String))


def told(delivery: Delivery, vault: Vault) -> dict[str, str]:
    """What a delivery's entry says of its name and place: `file`, `path`, and sealed what they leave out."""
    path = _path(delivery)
    if _clean(delivery.name, path):
        return {"file": delivery.name, "path": path}
    plain = {"file": called(delivery, vault), "path": _impersonal(path, vault)}
    words = json.dumps({"path": path, "member": delivery.member}).encode()
    try:
        (sealed,) = vault.seal(delivery.sha256, [words])
    except Forgotten:
        return plain
    return plain | {SEALED: base64.b64encode(sealed).decode()}


def whereabouts(body: Mapping[str, Any], vault: Vault) -> Whereabouts:
    """Where the delivery of this entry lay. Raises Forgotten where its key was destroyed; VaultError where it is not whole."""
    if SEALED not in body:
        return Whereabouts(Path(str(body["path"])), str(body["file"]).partition("!")[2])
    words = json.loads(vault.unseal(str(body["sha256"]), [base64.b64decode(str(body[SEALED]))])[0])
    return Whereabouts(Path(words["path"]), words["member"])


def _path(delivery: Delivery) -> str:
    return str(delivery.path.absolute())


@lru_cache(maxsize=1 << 14)
def _clean(name: str, path: str) -> bool:
    """Whether nothing personal is in either; both are looked through in one go, once a process."""
    return look.spans(pl.Series([name, path])).is_empty()


def _impersonal(text: str, vault: Vault) -> str:
    told: str = tokenise(pl.Series([text]), vault.tokens)[0]
    return told

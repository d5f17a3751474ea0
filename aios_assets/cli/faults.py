"""Faults: every package's errors in the same three parts, what, why and what to do, and the exit code that is due."""

import errno
import traceback
from dataclasses import dataclass

from aios_assets.cli.answer import FAULT, SAID_NO, WRONG_USE
from aios_assets.errors import AiosError, Refused, SettingsError

_WRONG_USE = frozenset({"ExampleError", "QueryError", "UnsureError"})
"""Errors about what was typed, by class name: importing their modules to compare would cost every `--help` a second."""

_DO = {
    errno.ENOSPC: "make room on that disk, then run it again: what was decided is finished, nothing is done twice",
    errno.EROFS: "mount it for writing, or name another folder",
    errno.EACCES: "see that you may read and write there",
    errno.ENOENT: "see that the path is right",
    errno.EADDRINUSE: "free the port, or name another",
}


@dataclass(frozen=True)
class Fault:
    """What went wrong, for people and programs; `code` is the exit code."""

    what: str
    why: str
    do: str
    code: int = FAULT


def fault_of(error: Exception) -> Fault:
    """Any error as a fault. One that no package of ours raised on purpose names the line that it came from."""
    code = WRONG_USE if isinstance(error, SettingsError) or type(error).__name__ in _WRONG_USE else FAULT
    code = SAID_NO if isinstance(error, Refused) else code
    what, why, do = (getattr(error, part, None) for part in ("what", "why", "do"))
    if isinstance(what, str) and isinstance(why, str) and isinstance(do, str):
        path = getattr(error, "path", None)
        return Fault(f"{path}: {what}" if path else what, why, do, code)
    if isinstance(error, OSError):
        where = error.filename or "the system"
        return Fault(str(where), error.strerror or str(error), _DO.get(error.errno or 0, "mend it and run it again"))
    if _ours(error):
        told, _, do = str(error).rpartition("; ")
        what, _, why = (told or do).partition(": ")
        return Fault(what, why or "see above", do if told else "run `aios audit verify`", code)
    return Fault(type(error).__name__, _unforeseen(error), "tell whoever looks after AIOS, with AIOS_TRACEBACK=1 set")


def _ours(error: Exception) -> bool:
    """Whether a package of this product defines the error's class; isinstance would have to import them all."""
    house = ("aios_assets", "audit", "lineage", "policies", "serving")
    return any(kind.__module__.split(".")[0] in house for kind in type(error).__mro__)


def _unforeseen(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    said = (str(error).strip() or "no further word").splitlines()[0]
    return f"{said}{place}"


def is_foreseen(error: Exception) -> bool:
    """Whether the error says by itself what to do."""
    return isinstance(error, AiosError | OSError) or _ours(error)

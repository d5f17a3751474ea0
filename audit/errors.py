"""The errors of this package: each says what happened, why, and what to do."""

from pathlib import Path


class AuditError(Exception):
    """Base of every error of this package."""


class LedgerError(AuditError):
    """The ledger could not do what was asked, and nothing of it was done."""


class InDoubt(LedgerError):
    """An append failed and storage could not be asked whether it happened; the ledger answers nothing until it can."""


class AlreadyLogged(LedgerError):
    """An entry with this `once` key is in the ledger; `index` is where, None if the call itself repeats the key."""

    def __init__(self, once: str, index: int | None) -> None:
        self.once, self.index = once, index
        where = "twice in one call" if index is None else f"already in the ledger at {index}"
        super().__init__(f"{once!r} is {where}; nothing was appended: read that entry instead of repeating the work")


class NotCanonical(LedgerError):
    """A value that has no canonical JSON here."""

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(
            f"{where} is {what}, which a ledger entry cannot hold; write money, shares and other numbers with a "
            "fraction as strings, and plain dict, list, str, int, bool or None otherwise"
        )


class KeyFileError(AuditError):
    """A key file or key string that cannot be used."""

    def __init__(self, where: Path | str, why: str, do: str) -> None:
        self.where = where
        super().__init__(f"the key {where} cannot be used: {why}; {do}")


class NoteError(AuditError):
    """A signed note that is malformed or not signed by the key that it should be signed by."""

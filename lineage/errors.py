"""Errors of this package: each takes what it is about and says what happened, why, and what to do."""


class LineageError(Exception):
    """Base of what goes wrong here; `what` happened, `why`, and what to `do`."""

    def __init__(self, what: str, why: str, do: str) -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(f"{what}: {why}. To do: {do}")


class UnknownReadError(LineageError):
    """A contract whose column reads what no input has."""


class ReceiptError(LineageError):
    """Answered columns of a shape that no receipt can be made of."""


class TransportError(LineageError):
    """An event that was not acknowledged: it counts as not delivered, and is sent again."""

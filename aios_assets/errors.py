"""Errors of this package: each takes what it is about and says what happened, why, and what to do."""


class AiosError(Exception):
    """Base of what goes wrong here; `what` happened, `why`, and what to `do`."""

    def __init__(self, what: str, why: str, do: str) -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(f"{what}: {why}. To do: {do}")


class SettingsError(AiosError):
    """A setting that cannot be used."""


class LakeError(AiosError):
    """Something about the lake's files, versions or permits."""


class NotPermitted(LakeError):
    """A write without a permit that covers exactly it."""


class Overtaken(LakeError):
    """Another commit came first: the draft must be judged again on top of it."""


class ForeignVersion(LakeError):
    """A version in the table's log that no permit covers; nothing is built on it."""


class StageError(AiosError):
    """A stage whose function does not keep to its contract."""


class Refused(AiosError):
    """The gate said no."""

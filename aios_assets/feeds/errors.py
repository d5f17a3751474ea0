"""FeedError: the one way in which a delivery as a whole is refused."""

from pathlib import Path


class FeedError(Exception):
    """A delivery that cannot be read: what happened, why, and what to do."""

    def __init__(self, what: str, *, why: str, do: str, path: Path | str | None = None) -> None:
        self.what, self.why, self.do, self.path = what, why, do, None if path is None else str(path)
        super().__init__(f"{f'{Path(str(path)).name}: ' if path is not None else ''}{what}: {why}; {do}")


class LimitError(FeedError):
    """A delivery that is larger, deeper, wider or slower than a limit; `limit` is the setting's name."""

    def __init__(self, limit: str, allowed: float, found: object, *, path: Path | str | None = None) -> None:
        self.limit, self.allowed, self.found = limit, allowed, found
        super().__init__(
            f"more than the limit {limit} = {allowed:,}",
            why=f"found {found}",
            do=f"raise {limit} under [feeds.limits] in aios.toml if this delivery is as it should be",
            path=path,
        )


class StillWrittenError(FeedError):
    """A file that somebody is still writing; it is read when it has come to rest."""


GONE = "whether rows take products away"
"""What is open where a column seems to say that products are gone."""


class UnsureError(FeedError):
    """A mapping that cannot be guessed safely; `fields` are what the TOML has to say."""

    def __init__(self, fields: tuple[str, ...], *, why: str, do: str, path: Path | str | None = None) -> None:
        self.fields = fields
        open_ = [GONE if name == "deleted" else f"which column is {name}" for name in fields]
        super().__init__(f"unsure {' and '.join(open_)}", why=why, do=do, path=path)

"""Changes: which rows of an input are new, different or gone since a stage last read it, and which groups that concerns."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from policies.contract import ATTEMPT


@dataclass(frozen=True)
class Source:
    """An input as a stage meets it: its rows now and as the stage's last decision read them (None: never), and its key.

    `attempts` are those whose commits came since: a row that carries one of them is new or different.
    """

    now: pl.LazyFrame
    before: pl.LazyFrame | None
    keys: tuple[str, ...]
    attempts: frozenset[str]

    @property
    def unchanged(self) -> bool:
        """True if nothing was committed since."""
        return self.before is not None and not self.attempts


def changed_keys(source: Source) -> pl.DataFrame:
    """Keys of rows that are new, different or gone; every key where the stage never read this input."""
    keys = list(source.keys)
    if source.before is None:
        return source.now.select(keys).collect()
    if source.unchanged:
        return source.now.select(keys).head(0).collect()
    fresh = source.now.filter(pl.col(ATTEMPT).is_in(sorted(source.attempts))).select(keys)
    gone = source.before.select(keys).join(source.now.select(keys), on=keys, how="anti")
    return pl.concat(pl.collect_all([fresh, gone]))


def affected_groups(by: str, sources: Mapping[str, Source]) -> pl.DataFrame:
    """Values of `by` (one column, distinct) of all groups that a changed row belongs to, or belonged to before.

    An input without that column is looked up by shared key columns in the inputs that have it.
    """
    carriers = {name: source for name, source in sources.items() if by in source.now.collect_schema()}
    found = [
        version.join(changed_keys(source).lazy(), on=list(source.keys), how="semi").select(by)
        for name, source in sources.items()
        for other in ([source] if name in carriers else carriers.values())
        for version in (other.now, other.before)
        if version is not None
    ]
    return pl.concat(found).unique().collect()


def only_groups(by: str, groups: pl.DataFrame, sources: Mapping[str, Source]) -> dict[str, pl.LazyFrame]:
    """Each input cut down to rows of these groups; one without the column keeps rows whose key stands in one that has it."""
    wanted = groups.lazy()
    chosen = {
        name: source.now.join(wanted, on=by, how="semi")
        for name, source in sources.items()
        if by in source.now.collect_schema()
    }
    cut = dict(chosen)
    for name, source in sources.items():
        keys = list(source.keys)
        if name not in chosen:
            # Every carrier that has the key counts; a group's row may be known to one of them only.
            known = [frame.select(keys) for frame in chosen.values() if set(keys) <= set(frame.collect_schema())]
            cut[name] = source.now.join(pl.concat(known).unique(), on=keys, how="semi")
    return {name: cut[name] for name in sources}

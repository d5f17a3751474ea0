"""Changes: which rows of an input are new, different or gone since a stage last read it, and which groups that concerns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from aios_assets.keyed import HASH, key_hash, without
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
    fresh = source.now.filter(pl.col(ATTEMPT).is_in(sorted(source.attempts))).select(keys).collect()
    return pl.concat([fresh, _gone(source, fresh)])


def _differs(source: Source) -> bool:
    """Whether a source, small as policies are, has other values now than before, in the columns that are read of it."""
    if source.before is None or source.unchanged:
        return not source.unchanged
    now, then = pl.collect_all([rows.drop(ATTEMPT).sort(source.keys) for rows in (source.now, source.before)])
    return not now.equals(then, null_equal=True)


def _gone(source: Source, fresh: pl.DataFrame) -> pl.DataFrame:
    """Keys of rows that stood there before and do not now; `fresh`: those of rows that came since.

    A key whose hash stands nowhere is gone, and where those are as many as counting says (keys are unique) they are all.
    """
    keys, before = list(source.keys), source.before
    assert before is not None, "what was never read before has lost nothing"
    known = before.select(keys).join(fresh.lazy(), on=keys, how="semi")
    now, then, replaced = (
        one.item() for one in pl.collect_all(f.select(pl.len()) for f in (source.now, before, known))
    )
    number = then - (now - (fresh.height - replaced))
    stood, stands = pl.collect_all([before.select(*keys, key_hash(keys)), source.now.select(key_hash(keys))])
    lacking = ~stood.get_column(HASH).is_in(stands.get_column(HASH).implode())
    if lacking.sum() == number:
        return stood.filter(lacking).select(keys)
    return without(stood.select(keys), source.now.select(keys).collect(), keys)


def affected_groups(by: str, sources: Mapping[str, Source]) -> pl.DataFrame:
    """Values of `by` (one column, distinct) of all groups that a changed row belongs to, or belonged to before.

    An input without that column is looked up by its key in the inputs that have both; one that shares nothing with
    them, such as a policy, concerns every group, once anything of it differs that the stage is handed.
    """
    carriers = {name: source for name, source in sources.items() if by in source.now.collect_schema()}
    found = []
    for name, source in sources.items():
        near = [source] if name in carriers else _sharing(source, carriers)
        if by in source.keys:
            found.append(changed_keys(source).lazy().select(by))
        elif near:
            changed = changed_keys(source).lazy()
            found += [rows.join(changed, on=list(source.keys), how="semi").select(by) for rows in _versions(near)]
        elif _differs(source):
            found += [rows.select(by) for rows in _versions(carriers.values())]
    nothing = next(iter(carriers.values())).now.select(by).head(0)
    return pl.concat([nothing, *found]).unique().collect()


def only_groups(by: str, groups: pl.DataFrame, sources: Mapping[str, Source]) -> dict[str, pl.LazyFrame]:
    """Each input cut down to rows of these groups.

    One without the column keeps rows whose key stands in one that has it; one that shares nothing stays whole.
    """
    wanted = groups.lazy()
    carriers = {name: source for name, source in sources.items() if by in source.now.collect_schema()}
    chosen = {name: source.now.join(wanted, on=by, how="semi") for name, source in carriers.items()}
    cut = dict(chosen)
    for name, source in sources.items():
        keys = list(source.keys)
        if name not in chosen:
            # Every carrier that has the key counts; a group's row may be known to one of them only.
            known = [frame.select(keys) for frame in chosen.values() if set(keys) <= set(frame.collect_schema())]
            cut[name] = source.now.join(pl.concat(known).unique(), on=keys, how="semi") if known else source.now
    return {name: cut[name] for name in sources}


def in_parts(
    by: str, frames: Mapping[str, pl.DataFrame], keys: Mapping[str, Sequence[str]], parts: int
) -> list[dict[str, pl.DataFrame]]:
    """The inputs in so many parts, none of which shares a group with another; `keys` are those of each input.

    An input without the column follows its key; rows of it that no group has come with the first part, and one that
    shares nothing with the groups comes whole with each.
    """
    carriers = {
        name: _dealt(frame, pl.col(by).hash() % parts, parts) for name, frame in frames.items() if by in frame.columns
    }
    made: list[dict[str, pl.DataFrame]] = [{} for _ in range(parts)]
    for name, frame in frames.items():
        on = list(keys[name])
        near = [cut for cut in carriers.values() if set(on) <= set(cut[0].columns)]
        for part in range(parts):
            if name in carriers:
                made[part][name] = carriers[name][part]
            elif near:
                known = pl.concat([cut[part].select(on) for cut in near])
                made[part][name] = frame.join(known, on=on, how="semi")
            else:
                made[part][name] = frame
        if near and name not in carriers:
            known = pl.concat([rows.select(on) for cut in near for rows in cut])
            made[0][name] = pl.concat([made[0][name], frame.join(known, on=on, how="anti")])
    return [{name: one[name] for name in frames} for one in made]


def _dealt(frame: pl.DataFrame, place: pl.Expr, parts: int) -> list[pl.DataFrame]:
    places = frame.select(place).to_series()
    return [frame.filter(places == part) for part in range(parts)]


def _sharing(source: Source, carriers: Mapping[str, Source]) -> list[Source]:
    """The carriers of the group that have the source's key."""
    return [other for other in carriers.values() if set(source.keys) <= set(other.now.collect_schema())]


def _versions(sources: Iterable[Source]) -> list[pl.LazyFrame]:
    return [rows for source in sources for rows in (source.now, source.before) if rows is not None]

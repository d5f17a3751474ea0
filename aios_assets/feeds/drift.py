"""Drift: how the shape of a delivery differs from the last one that was accepted, with the likely cause and a remedy."""

from collections.abc import Iterator, Sequence

from aios_assets.feeds.columndrift import changed
from aios_assets.feeds.difference import SAME, Both, Drift
from aios_assets.feeds.mapping import Mapping
from aios_assets.feeds.names import means
from aios_assets.feeds.shape import ENOUGH, Shape

__all__ = ["Drift", "drift", "moved", "patched"]

_JUMP, _REJECTS, _OTHER = 0.3, 0.02, 0.5


def drift(before: Shape, now: Shape, *, changes: bool = False, events: bool = False) -> tuple[Drift, ...]:
    """Every difference between two shapes; nothing found is an empty tuple.

    `changes`: the feed sends what changed, so that neither its size nor which records it holds says anything. `events`: its
    lines are what happened (sales), so that another value for the same key is another event, and shares come and go.
    """
    both = Both(before, now, changes=changes, events=events)
    renamed = dict(_renamed(both))
    taken = set(renamed.values())
    found = [_rename(both, old, new) for old, new in renamed.items()]
    found += [
        Drift("vanished", name, 1.0, f"`{name}` is gone", "the supplier left it out")
        for name in both.gone
        if name not in renamed
    ]
    found += [
        Drift("appeared", name, 1.0, f"`{name}` is new", "the supplier added it")
        for name in both.new
        if name not in taken
    ]
    swapped = list(_swapped(both))
    found += swapped
    exchanged = {name for each in swapped for name in each.renames}
    for name in before.columns:
        other = renamed.get(name, name)
        if other in now.columns and name not in exchanged:
            found += changed(both, name, other, len(swapped))
    volume = [] if changes or events else list(_volume(before, now))
    found += _keys(both, renamed, changes=changes or events or bool(volume))
    repeated = [] if events else list(_repeated(before, now))
    return (*found, *volume, *_rejects(before, now), *repeated)


def patched(mapping: Mapping, found: Sequence[Drift]) -> Mapping:
    """The mapping as it follows columns that were renamed, exchanged or left out; the rest no mapping can answer."""
    renames = {old: new for each in found for old, new in each.renames.items()}
    gone = {each.column for each in found if each.kind == "vanished"}
    fields = {}
    for name, source in mapping.fields.items():
        columns = tuple(_follow(column, renames) for column in source.columns if column.partition("[")[0] not in gone)
        if columns or not source.columns:
            fields[name] = source.model_copy(update={"columns": columns})
    return mapping.model_copy(update={"fields": fields, "order": renames.get(mapping.order, mapping.order)})


def moved(mapping: Mapping, one: Drift) -> bool:
    """Whether all that changed are addresses: pictures and pages move to another host, and nothing is read wrongly."""
    fields = {field for field, source in mapping.fields.items() if one.column in source.columns}
    return one.kind == "replaced" and bool(fields) and fields <= {"image", "url"}


def _follow(column: str, renames: dict[str, str]) -> str:
    bare, bracket, rest = column.partition("[")
    return renames.get(column) or (renames[bare] + bracket + rest if bare in renames else column)


def _renamed(both: Both) -> Iterator[tuple[str, str]]:
    """Pairs of a vanished and a new column that hold the same, the surest first."""
    scored = sorted(
        ((max(both.agreement(old, new), _told(both, old, new)), old, new) for old in both.gone for new in both.new),
        key=lambda each: -each[0],
    )
    taken: set[str] = set()
    for score, old, new in scored:
        if score > SAME and not {f"-{old}", f"+{new}"} & taken:
            taken |= {f"-{old}", f"+{new}"}
            yield old, new


def _told(both: Both, old: str, new: str) -> float:
    """How far the names alone say that two columns are the same, where there are no values to compare."""
    if both.equal(old, new) is not None:
        return 0.0
    one, other = means(old), means(new)
    alike = abs(both.before.columns[old].number - both.now.columns[new].number) < _OTHER
    return max((min(one[each], other[each]) for each in one.keys() & other.keys()), default=0.0) if alike else 0.0


def _rename(both: Both, old: str, new: str) -> Drift:
    equal = both.equal(old, new)
    told = f"{equal:.0%} of values equal" if equal is not None else "the names mean the same"
    return Drift("renamed", old, 1.0, f"`{old}` is now `{new}`: {told}", "the supplier renamed the column", {old: new})


def _swapped(both: Both) -> Iterator[Drift]:
    names = [name for name in both.before.columns if name in both.now.columns]
    moved = [name for name in names if (equal := both.equal(name, name)) is not None and equal < SAME]
    taken: set[str] = set()
    for place, one in enumerate(moved):
        for two in moved[place + 1 :]:
            crossed = min(both.agreement(one, two), both.agreement(two, one))
            if crossed > SAME and not {one, two} & taken:
                taken |= {one, two}
                equal = min(both.equal(one, two) or 0.0, both.equal(two, one) or 0.0)
                what = f"`{one}` and `{two}` are swapped: {equal:.0%} of values stand in the other column"
                yield Drift("swapped", one, 1.0, what, "the supplier exchanged two columns", {one: two, two: one})


def _keys(both: Both, renamed: dict[str, str], *, changes: bool) -> Iterator[Drift]:
    """Whether the records are others than they were, or are called otherwise."""
    before, now, key = both.before, both.now, both.before.key
    old, new = before.columns.get(key), now.columns.get(renamed.get(key, key))
    if old is None or new is None:
        return
    equal = both.equal(key, renamed.get(key, key))
    looks = f"; they look like {new.look or 'nothing common'}, and like {old.look or 'nothing common'} before"
    if equal is not None and equal < 0.95:
        what = f"{1 - equal:.0%} of the SKUs are written otherwise{looks if old.look != new.look else ''}"
        yield Drift("keys", key, 1 - equal, what, "case, separators or leading zeros changed")
        return
    shared = before.shared(now)
    renumbered = old.look != new.look and bool(old.look and new.look)
    if shared is not None and shared < _OTHER and (renumbered or not changes):
        what = f"{shared:.0%} of the SKUs are those of the last delivery{looks if renumbered else ''}"
        why = "the supplier renumbered, or it is another assortment or another column"
        yield Drift("keys", key, 1 - shared, what, why)


def _volume(before: Shape, now: Shape) -> Iterator[Drift]:
    change = now.records / before.records - 1 if before.records else 0.0
    if abs(change) > _JUMP:
        kind, why = ("shrunk", "a part is missing") if change < 0 else ("grown", "an assortment was added, or doubled")
        what = f"{now.records:,} records, {before.records:,} before ({change:+.0%})"
        yield Drift(kind, "", abs(change), what, why)


def _rejects(before: Shape, now: Shape) -> Iterator[Drift]:
    shares = [each.rejected / max(each.records + each.rejected, 1) for each in (before, now)]
    if shares[1] > shares[0] + _REJECTS:
        what = f"{shares[1]:.1%} of the records cannot be read, {shares[0]:.1%} could not"
        yield Drift("rejects", "", shares[1] - shares[0], what, "separator, quoting or encoding changed")


def _repeated(before: Shape, now: Shape) -> Iterator[Drift]:
    """Whether records stand in the file more than once: of each all but one are set aside."""
    more = now.repeated - before.repeated
    if more > _REJECTS and len(now.keys) >= ENOUGH:
        what = f"{now.repeated:.1%} of the records have a SKU that another one has, {before.repeated:.1%} had"
        yield Drift(
            "rejects", now.key, more, what, "rows were written twice, or multiplied by what they were joined with"
        )

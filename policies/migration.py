"""Migration: how a contract came of the one before, step by step, as it is declared beside the contract.

What a step says is what a person means: that `model` is now `mpn` can be read off no data. Everything here is pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class MigrationError(ValueError):
    """A declaration that cannot be: it names what is wrong and what to change."""


class Computed(Enum):
    """The value of a column that only the stage itself can say."""

    COMPUTED = "computed"


COMPUTED: Final = Computed.COMPUTED


@dataclass(frozen=True)
class Renamed:
    """The column `old` is called `new`; values and receipts stay."""

    old: str
    new: str


@dataclass(frozen=True)
class Added:
    """A new column. Rows that are there get `default`; without one every row is computed anew."""

    column: str
    default: object = COMPUTED


@dataclass(frozen=True)
class Dropped:
    """The column is gone; earlier versions of the table keep it."""

    column: str


@dataclass(frozen=True)
class Retyped:
    """The column has another type; a value that it cannot hold unchanged sets its row aside."""

    column: str


@dataclass(frozen=True)
class Rekeyed:
    """The key is another set of columns, or has them in another order."""


@dataclass(frozen=True)
class Exposed:
    """The column gives up a tag that protects it (`personal`, `sealed`): more people may see what it holds."""

    column: str


@dataclass(frozen=True)
class Recomputed:
    """Values mean something else than before: every row is computed anew."""


Step = Renamed | Added | Dropped | Retyped | Rekeyed | Exposed | Recomputed


@dataclass(frozen=True)
class Migration:
    """The steps that lead to version `to` of a contract, from the version before it that somebody published."""

    to: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Course:
    """What became of a table's columns over all steps.

    `origin` says of each column that stays what it was called before; `added` has the defaults of new ones (COMPUTED:
    none), `dropped` the former names of those that are gone.
    """

    origin: Mapping[str, str]
    added: Mapping[str, object] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    retyped: frozenset[str] = frozenset()
    exposed: frozenset[str] = frozenset()
    rekeyed: bool = False
    recomputed: bool = False

    @property
    def renamed(self) -> dict[str, str]:
        """Former names of columns that are called otherwise now, with the new ones."""
        return {old: new for new, old in self.origin.items() if old != new}

    @property
    def computed(self) -> bool:
        """Whether rows cannot be carried over: what they hold has to be computed."""
        return self.recomputed or COMPUTED in self.added.values()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The same in the fewest steps: what the gate is told."""
        return (
            *(Renamed(old, new) for old, new in self.renamed.items()),
            *(Added(column, default) for column, default in self.added.items()),
            *(Dropped(column) for column in self.dropped),
            *(Retyped(column) for column in sorted(self.retyped)),
            *(Exposed(column) for column in sorted(self.exposed)),
            *((Rekeyed(),) if self.rekeyed else ()),
            *((Recomputed(),) if self.recomputed else ()),
        )

    @property
    def back(self) -> "Course":
        """The way back: what was dropped comes again, empty, where no version of before has it."""
        return Course(
            {old: new for new, old in self.origin.items()},
            dict.fromkeys(self.dropped),
            tuple(self.added),
            frozenset(self.origin[column] for column in self.retyped),
            rekeyed=self.rekeyed,
        )


def steps_since(migrations: Iterable[Migration], version: int, to: int) -> tuple[Step, ...]:
    """The declared steps that lead from a contract's version to a later one, in order."""
    on_the_way = sorted((one for one in migrations if version < one.to <= to), key=lambda one: one.to)
    return tuple(step for one in on_the_way for step in one.steps)


def course_of(columns: Sequence[str], steps: Iterable[Step]) -> Course:
    """What these steps make of a table with these columns, one after the other. Raises MigrationError."""
    origin, added, dropped = {column: column for column in columns}, dict[str, object](), list[str]()
    retyped, exposed = set[str](), set[str]()
    rekeyed = recomputed = False

    def known(column: str, step: Step) -> None:
        if column not in origin and column not in added:
            here = ", ".join((*origin, *added))
            raise MigrationError(f"{step} is about a column that is not there ({here}); name one that is, or take it out")

    def free(column: str, step: Step) -> None:
        if column in origin or column in added:
            raise MigrationError(f"{step} makes a column that is there already; take it out, or drop the other first")

    for step in steps:
        match step:
            case Renamed(old, new):
                known(old, step)
                free(new, step)
                for names in (origin, added):
                    if old in names:
                        names[new] = names.pop(old)  # type: ignore[index, assignment]  # each keeps its own kind of value
                for marks in (retyped, exposed):
                    if old in marks:
                        marks.symmetric_difference_update({old, new})
            case Added(column, default):
                free(column, step)
                added[column] = default
            case Dropped(column):
                known(column, step)
                if (was := origin.pop(column, None)) is not None:
                    dropped.append(was)
                added.pop(column, None)
                retyped.discard(column)
                exposed.discard(column)
            case Retyped(column):
                known(column, step)
                if column in origin:
                    retyped.add(column)
            case Exposed(column):
                known(column, step)
                if column in origin:
                    exposed.add(column)
            case Rekeyed():
                rekeyed = True
            case Recomputed():
                recomputed = True
    return Course(origin, added, tuple(dropped), frozenset(retyped), frozenset(exposed), rekeyed, recomputed)

"""Migration: how a contract came of the one before, step by step, as it is declared beside the contract.

What a step says is what a person means: that `model` is now `mpn` can be read off no data. Everything here is pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    """The key is another set of columns."""


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
    course = Course({column: column for column in columns})
    for step in steps:
        course = _after(course, step)
    return course


def course_told(columns: Sequence[str], steps: Sequence[Step], now: Sequence[str]) -> Course:
    """The course that `Course.steps` tells of, where the table has the columns `now`; what nobody declared is new there."""
    renamed = {step.old: step.new for step in steps if isinstance(step, Renamed)}
    dropped = tuple(step.column for step in steps if isinstance(step, Dropped))
    origin = {renamed.get(column, column): column for column in columns if column not in dropped}
    return Course(
        origin,
        {column: None for column in now if column not in origin},
        dropped,
        frozenset(step.column for step in steps if isinstance(step, Retyped)),
        frozenset(step.column for step in steps if isinstance(step, Exposed)),
        any(isinstance(step, Rekeyed) for step in steps),
        any(isinstance(step, Recomputed) for step in steps),
    )


def called_now(column: str, steps: Iterable[Step]) -> str:
    """What a column is called after these steps."""
    for step in steps:
        if isinstance(step, Renamed) and step.old == column:
            column = step.new
    return column


def _after(course: Course, step: Step) -> Course:
    match step:
        case Renamed(old, new):
            return _renamed(course, old, new, step)
        case Added(column, default):
            _free(course, column, step)
            return replace(course, added={**course.added, column: default})
        case Dropped(column):
            return _dropped(course, column, step)
        case Retyped(column):
            return replace(course, retyped=course.retyped | _stayed(course, column, step))
        case Exposed(column):
            return replace(course, exposed=course.exposed | _stayed(course, column, step))
        case Rekeyed() | Recomputed():
            rekeyed = isinstance(step, Rekeyed)
            return replace(course, rekeyed=course.rekeyed or rekeyed, recomputed=course.recomputed or not rekeyed)


def _renamed(course: Course, old: str, new: str, step: Step) -> Course:
    _known(course, old, step)
    _free(course, new, step)

    def called(column: str) -> str:
        return new if column == old else column

    return replace(
        course,
        origin={called(column): was for column, was in course.origin.items()},
        added={called(column): default for column, default in course.added.items()},
        retyped=frozenset(map(called, course.retyped)),
        exposed=frozenset(map(called, course.exposed)),
    )


def _dropped(course: Course, column: str, step: Step) -> Course:
    _known(course, column, step)
    gone = {column}
    return replace(
        course,
        origin={name: was for name, was in course.origin.items() if name != column},
        added={name: default for name, default in course.added.items() if name != column},
        dropped=(*course.dropped, *(was for name, was in course.origin.items() if name == column)),
        retyped=course.retyped - gone,
        exposed=course.exposed - gone,
    )


def _stayed(course: Course, column: str, step: Step) -> frozenset[str]:
    """The column, where it was there before; of one that these steps made nothing needs to be said."""
    _known(course, column, step)
    return frozenset({column} & course.origin.keys())


def _known(course: Course, column: str, step: Step) -> None:
    here = (*course.origin, *course.added)
    if column not in here:
        raise MigrationError(
            f"{step} is about a column that is not there ({', '.join(here)}); name one that is, or take it out"
        )


def _free(course: Course, column: str, step: Step) -> None:
    if column in course.origin or column in course.added:
        raise MigrationError(f"{step} makes a column that is there already; drop the other first, or take it out")

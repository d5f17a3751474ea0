"""Deciding: what the commands share by which people decide about pairs of records."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.errors import Refused, SettingsError

if TYPE_CHECKING:
    from aios_assets.cli.opened import Opened
    from aios_assets.desk import Desk, Made

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides; it is kept in the ledger.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="For what reason; it is kept in the ledger.")]
Over = Annotated[
    int | None,
    typer.Option("--over", metavar="ENTRY", help="The decision that this one overrules, by its ledger entry."),
]
APPLY = "it takes effect with the next run: aios matches apply"


def desk_of(opened: "Opened") -> "Desk":
    """Where decisions about the lake's records are taken; who may decide is asked of the settings each time."""
    from aios_assets.desk import Desk  # 0.3 s
    from aios_assets.settings import load

    now = load(opened.settings.home, lake=str(opened.settings.lake_folder))
    return Desk(opened.lake, opened.vault.tokens, now.reviews.reviewers)


def record_of(text: str) -> tuple[str, str]:
    """`supplier/sku` as a record. Raises SettingsError."""
    supplier, slash, sku = text.partition("/")
    if not (supplier and slash and sku):
        raise SettingsError(text, "it names no record", "write SUPPLIER/SKU, as `aios trace` takes it")
    return supplier, sku


def told_of(made: "Made") -> dict[str, Any]:
    """A decision as JSON values."""
    one = made.decision
    return {
        "left": "/".join(one.pair[0]),
        "right": "/".join(one.pair[1]),
        "verdict": one.verdict.value,
        "by": one.by,
        "why": one.why,
        "ledger_index": one.index,
        "already": made.already,
        "replaced": made.replaced.index if made.replaced else None,
    }


def line_of(made: "Made") -> str:
    """A decision in a line."""
    one = made.decision
    names = " and ".join("/".join(record) for record in one.pair)
    if made.already:
        return f"{names}: {one.words}; nothing was added"
    over = f", in the place of entry {made.replaced.index} by {made.replaced.by}" if made.replaced else ""
    return f"{names}: {one.verdict} (ledger entry {one.index}{over})"


def outcome(told: Iterable[Any]) -> tuple[list["Made"], list[dict[str, Any]]]:
    """What was decided, and what was refused: which of them (from 1), what, why and what to do."""
    made, refused = [], []
    for number, one in enumerate(told, start=1):
        if isinstance(one, Refused | SettingsError):
            refused.append({"line": number, "what": one.what, "why": one.why, "do": one.do})
        else:
            made.append(one)
    return made, refused


def refusals(refused: Iterable[Mapping[str, Any]]) -> list[str]:
    """What was refused, in lines."""
    return [
        part
        for one in refused
        for part in (f"REFUSED {one['line']}: {one['what']}: {one['why']}", f"  do: {one['do']}")
    ]


def table_of(opened: "Opened", table: str) -> Any:
    """The published rows of a table, lazy. Raises SettingsError where there are none yet."""
    if opened.lake.state(table) is None:
        raise SettingsError(f"table {table}", "it has not been made yet", "run the chain first: aios run FEED…")
    return opened.lake.scan(table)

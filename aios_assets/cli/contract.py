"""`aios contract plan|preview|apply|revert`: how a table comes under another contract, and back."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, table, tell
from aios_assets.cli.plain import plain
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    from aios_assets.journal import Attempt
    from aios_assets.migrate import Word
    from aios_assets.migration_plan import Plan, Preview
    from aios_assets.runtime import Runtime
    from aios_assets.stage import Stage

Table = Annotated[str, typer.Argument(metavar="TABLE", help="The table whose contract changed.")]
Back = Annotated[bool, typer.Option("--revert", help="What going back would do instead.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who has it done; kept in the ledger.")]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="For what reason; kept too.")]

group = typer.Typer(no_args_is_help=True, help="Contracts: a change of one, planned, previewed, applied and reverted.")


def register(app: typer.Typer) -> None:
    """Adds the group."""
    group.command("plan", short_help="Tables that are published under another contract")(plan)
    group.command("preview", short_help="What would become of a table's own rows")(preview)
    group.command("apply", short_help="Brings a table under the contract in code")(apply)
    group.command("revert", short_help="Brings a table back under its last contract")(revert)
    app.add_typer(group, name="contract", short_help="A change of contract: plan, preview, apply, revert")


def plan(
    name: Annotated[str | None, typer.Argument(metavar="[TABLE]", help="Only this table.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows which tables are published under another contract than the one in code, and what applying it would do."""
    from aios_assets.cli.opened import look
    from aios_assets.definitions import stages  # 2 s: Dagster
    from aios_assets.migration_plan import plans

    opened = look(lake)
    known = stages(opened.settings)
    if name is not None:
        _stage(known, name)
    found = plans(opened.lake, known, name)
    nothing = f"{name or 'every table'} is published under the contract in code: nothing to do"
    lines = [line for one in found for line in _planned(one)]
    tell({"tables": [one.plain() for one in found]}, lines or [nothing], as_json=as_json)


def preview(name: Table, back: Back = False, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Shows on the table's own rows what would become of them: values, nulls, rows set aside. Writes nothing."""
    from aios_assets.migration_plan import preview as look

    runtime, stage, contracts = _opened(name, lake)
    seen = look(runtime, stage, contracts, back=back)
    tell(plain(seen), _seen(seen), as_json=as_json)


def apply(name: Table, *, by: By = None, why: Why = None, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Brings a table under the contract in code: drafts, gate, decision, commit, as every change of it."""
    _signed(by, why)
    from aios_assets.attempting import Run
    from aios_assets.migrate import migrate

    runtime, stage, contracts = _opened(name, lake)
    made = migrate(runtime, stage, contracts, Run(_run(), "contract"), _word(runtime, by, why))
    _tell(made, "is published under the contract in code", as_json=as_json)


def revert(
    name: Table,
    *,
    by: By = None,
    why: Why = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Also where rows that came since lose something by it.")
    ] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Brings a table back under the contract before its last change; rows that stood then come back as they were."""
    _signed(by, why)
    from aios_assets.attempting import Run
    from aios_assets.revert import revert as go_back

    runtime, stage, contracts = _opened(name, lake)
    word = _word(runtime, by, why, accepts_loss=accept_loss)
    made = go_back(runtime, stage, contracts, Run(_run(), "contract"), word)
    state = runtime.lake.state(name)
    done = "is back under its contract of before"
    if state is not None and state.contract != stage.contract.digest:
        done += " (put that back in code too: until then runs of the stage are refused)"
    _tell(made, done, as_json=as_json)


def _signed(by: str | None, why: str | None) -> None:
    if not (by or "").strip() or not (why or "").strip():
        raise SettingsError("a change of contract", "somebody has to answer for it", "add --by NAME and --why TEXT")


def _word(runtime: "Runtime", by: str | None, why: str | None, *, accepts_loss: bool = False) -> "Word":
    import polars as pl

    from aios_assets.enrich.redact import tokenise
    from aios_assets.migrate import Word

    said = tokenise(pl.Series([by, why]), runtime.vault.tokens).to_list()
    return Word(said[0], said[1], accepts_loss)


def _run() -> str:
    import uuid

    return uuid.uuid4().hex


def _opened(name: str, lake: str | None) -> tuple["Runtime", "Stage", dict[str, Any]]:
    """A lake to write to, the stage that makes the table, and every contract in code."""
    from aios_assets.cli.opened import act
    from aios_assets.definitions import stages  # 2 s: Dagster
    from aios_assets.runtime import Runtime

    opened = act(lake)
    known = stages(opened.settings)
    return Runtime.open(opened.settings), _stage(known, name), {stage.name: stage.contract for stage in known}


def _stage(known: Iterable["Stage"], name: str) -> "Stage":
    stages = {stage.name: stage for stage in known}
    if name in stages:
        return stages[name]
    if owner := next((stage.name for stage in stages.values() if stage.quarantine == name), None):
        raise SettingsError(f"table {name}", f"its shape follows that of {owner}", f"name {owner}: both go together")
    raise SettingsError(f"table {name}", "no stage here makes it", f"name one of {', '.join(sorted(stages))}")


def _planned(one: "Plan") -> list[str]:
    size = f"{one.size / 1e6:,.1f} MB" if one.size >= 100_000 else f"{one.size / 1e3:,.1f} kB"
    head = f"{one.table}: version {one.version} is under contract {one.contract_before}, code says {one.contract_now}"
    told = [
        (each.column or "(table)", each.what, each.step or ("NOT DECLARED" if each.declare else "needs no word"))
        for each in one.differences
    ]
    lines = [head, *(f"  {line}" for line in table(told, ("column", "what", "declared"))), ""]
    lines += [f"  rows: {one.count:,} ({size}) {one.rows}; {one.set_aside:,} set aside go along"]
    lines += [f"  can be taken back: {one.reversible}"]
    for reader in one.readers:
        breaks = f"BREAKS, it reads {', '.join(reader.breaks)}: {reader.do}" if reader.breaks else "goes on"
        lines.append(f"  read by {reader.stage}: {breaks}")
    return [*lines, f"  do: {one.do}", ""]


def _seen(seen: "Preview") -> list[str]:
    lines = [f"{seen.table}: {seen.rows:,} rows, {seen.carried:,} carried over, {seen.computed:,} computed"]
    lines[0] += f", {seen.set_aside:,} set aside"
    if seen.checked:
        lines.append(f"of {seen.checked} rows that the stage computed again, {seen.differing} came out otherwise")
    changed = [(key, old, new) for one in seen.samples for key, old, new in _lines_of(one)]
    lines += ["", *table(changed, ("row", "before", "after"))] if changed else []
    nulls = [(name, "-" if two["before"] is None else two["before"], two["after"]) for name, two in seen.nulls.items()]
    lines += ["", *table(nulls, ("column", "null before", "null after"))]
    lines += ["", "would be set aside:"] if seen.unfit else []
    lines += [f"  {row['id']}: {row['why']} ({row['rule']})" for row in seen.unfit]
    lines += [f"  … and {seen.set_aside - len(seen.unfit):,} more"] if seen.set_aside > len(seen.unfit) else []
    lines += ["", "would be lost, and only with --accept-loss:"] if seen.losses else []
    return [*lines, *(f"  {one['column']}: {one['rows']:,} rows: {one['what']}" for one in seen.losses)]


def _lines_of(sample: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    def told(values: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}={_short(value)}" for name, value in values.items())

    before, after = sample["before"], sample["after"]
    old = {name: value for name, value in before.items() if after.get(name, ...) != value}
    new = {name: value for name, value in after.items() if before.get(name, ...) != value}
    return [(sample["key"], told(old) or "the same", told(new) or "the same")]


def _short(value: str | None) -> str:
    return "null" if value is None else value if len(value) <= 30 else f"{value[:29]}…"


def _tell(made: "Attempt", done: str, *, as_json: bool) -> None:
    verdict = made.verdict
    refusals = [plain(one) for one in verdict.refusals] if verdict else []
    told = {
        "table": made.stage,
        "version": made.version,
        "rows": made.rows,
        "set_aside": made.set_aside,
        "computed": made.computed,
        "admitted": not made.refused,
        "ledger_index": made.ledger_index,
        "refusals": refusals,
    }
    lines = [f"{made.stage} {done}: version {made.version}, {made.rows:,} rows (ledger entry {made.ledger_index})"]
    if made.refused:
        lines = [f"REFUSED: {made.stage} stays at version {made.version} (ledger entry {made.ledger_index})"]
        lines += [part for one in refusals for part in (f"  {one['rule']}: {one['why']}", f"    do: {one['do']}")]
    tell(told, lines, as_json=as_json)
    if made.refused:
        raise typer.Exit(SAID_NO)

"""`aios reconcile`: finishes what a crash left in doubt."""

from typing import TYPE_CHECKING

import typer

from aios_assets.cli.answer import FAULT, JsonOption, LakeOption, progress, tell

if TYPE_CHECKING:
    from aios_assets.cli.opened import Opened


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("reconcile", short_help="Finishes every write that an interruption left in doubt")(reconcile)


def reconcile(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Finishes every write that was decided and neither committed nor abandoned, and ends runs that died; says what stays."""
    from aios_assets.cli.opened import act  # 0.6 s: polars, deltalake
    from aios_assets.reconcile import reconcile as finish

    opened = act(lake)
    done = finish(opened.lake, on_each=lambda table: progress(f"  {table} …"))
    told = {
        "finished": list(done.finished),
        "abandoned": list(done.abandoned),
        "in_doubt": list(done.in_doubt),
        "ended_runs": _ended_runs(opened),
    }
    lines = [f"{name.replace('_', ' ')}: {each}" for name, entries in told.items() for each in entries]
    tell(told, lines or ["nothing was in doubt"], as_json=as_json)
    if done.in_doubt:
        raise typer.Exit(FAULT)


def _ended_runs(opened: "Opened") -> list[str]:
    """Ids of Dagster runs whose process is gone and that are now reported as failed; none where nothing ever ran."""
    if not (opened.settings.lake_folder / "_dagster").is_dir():
        return []
    import dagster as dg  # 1.3 s, and only where there may be a run to end

    from aios_assets.dagster_home import prepare
    from aios_assets.reconcile_runs import reconcile_runs

    prepare(opened.settings)
    return list(reconcile_runs(dg.DagsterInstance.get()))

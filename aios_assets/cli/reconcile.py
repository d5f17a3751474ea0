"""`aios reconcile`: finishes what a crash left in doubt."""

import typer

from aios_assets.cli.answer import FAULT, JsonOption, LakeOption, progress, tell


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("reconcile")(reconcile)


def reconcile(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Finishes every write that was decided and neither committed nor abandoned; says what stays in doubt and why."""
    from aios_assets.cli.opened import act  # 0.6 s: polars, deltalake
    from aios_assets.reconcile import reconcile as finish

    done = finish(act(lake).lake, on_each=lambda table: progress(f"  {table} …"))
    told = {"finished": list(done.finished), "abandoned": list(done.abandoned), "in_doubt": list(done.in_doubt)}
    lines = [f"{name.replace('_', ' ')}: {each}" for name, entries in told.items() for each in entries]
    tell(told, lines or ["nothing was in doubt"], as_json=as_json)
    if done.in_doubt:
        raise typer.Exit(FAULT)

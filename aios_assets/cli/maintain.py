"""`aios maintain`: checkpoints of the logs, and a vacuum that spares what is pinned."""

from typing import Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, progress, tell
from aios_assets.cli.plain import plain


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("maintain")(maintain)


def maintain(
    keep_days: Annotated[
        float | None, typer.Option(help="Days for which old versions stay readable; none: as the settings say.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes checkpoints of every table's log and deletes files that no kept version, pin or waiting draft needs."""
    from aios_assets.cli.opened import act

    settings = act(lake).settings
    from aios_assets.maintenance import maintain as keep_up  # 4 s
    from aios_assets.runtime import Runtime

    progress("  looking through every table …")
    done: Any = keep_up(Runtime.open(settings), **({} if keep_days is None else {"keep_days": keep_days}))
    told = plain(done)
    tell(told, [f"{name}: {value}" for name, value in told.items()], as_json=as_json)

"""`aios maintain`: checkpoints of the logs, and a vacuum that spares what is pinned."""

from typing import Annotated

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, progress, tell
from aios_assets.cli.plain import plain


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("maintain", short_help="Writes log checkpoints, deletes files nobody needs")(maintain)


def maintain(
    keep_versions: Annotated[
        int | None, typer.Option(min=1, help="So many latest versions of each table stay readable (default: 2).")
    ] = None,
    keep_days: Annotated[
        float | None, typer.Option(min=0, help="What is younger stays; longer than the longest run (default: 7).")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes checkpoints of every table's log and deletes files that no kept version, pin or waiting draft needs."""
    from aios_assets.cli.opened import act  # 0.7 s
    from aios_assets.maintenance import KEEP_DAYS, KEEP_VERSIONS, maintain_lake

    opened = act(lake)
    progress("  looking through every table …")
    done = maintain_lake(
        opened.lake,
        keep_versions=KEEP_VERSIONS if keep_versions is None else keep_versions,
        keep_days=KEEP_DAYS if keep_days is None else keep_days,
    )
    told = plain(done)
    lines = [
        f"{name.replace('_', ' ')}: {', '.join(map(str, value)) or 'none' if isinstance(value, list | tuple) else value}"
        for name, value in told.items()
    ]
    tell(told, lines, as_json=as_json)

"""`aios repair`: publishes a table's last committed version again after somebody wrote past the gate."""

from typing import Annotated, Any

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, tell
from aios_assets.cli.plain import plain


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("repair", short_help="Puts a table's last governed rows on top of foreign ones")(repair)


def repair(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="The table with versions that nobody was permitted.")],
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Names a table's foreign versions in the ledger and puts its last committed version back on top, by permit."""
    from aios_assets.cli.opened import act, inside

    opened = act(lake)
    inside(opened.lake, table)
    from aios_assets.repair import repair as mend  # 4 s: the gate and its suite
    from aios_assets.runtime import Runtime

    done: Any = mend(Runtime.open(opened.settings), table)
    told = plain(done)
    tell(told, [f"{name}: {value}" for name, value in told.items()], as_json=as_json)
    if told.get("refused"):
        raise typer.Exit(SAID_NO)

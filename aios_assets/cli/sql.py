"""`aios sql`: a SELECT over the lake's committed versions, read only."""

from typing import Annotated

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError

SHOWN, WIDTH = 200, 80


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sql", short_help="Answers a query over the governed tables")(sql)


def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT; DESCRIBE and SHOW TABLES work too.")],
    at: Annotated[
        list[str] | None, typer.Option("--at", metavar="TABLE=VERSION", help="Read this version; may be repeated.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answers a query over the governed tables (DuckDB), as they were committed; it can read nothing else and write nothing."""
    from aios_assets.cli.opened import look, pairs  # 0.7 s
    from aios_assets.query import query as ask

    versions = {}
    for name, number in pairs(at, "--at").items():
        if not number.isdecimal():
            raise SettingsError(f"--at {name}={number}", f"{number!r} is no version", "give a number, as in listings=3")
        versions[name] = int(number)
    answered = ask(look(lake).lake, query, at=versions)
    rows = [[_cell(value) for value in row] for row in answered.rows[:SHOWN]]
    lines = table(rows, answered.columns) if answered.columns else []
    if len(answered.rows) > SHOWN and not as_json:
        progress(f"{len(answered.rows) - SHOWN:,} more rows; add LIMIT, or take --json for all")
    tell(answered.plain() if as_json else {}, lines, as_json=as_json)


def _cell(value: object) -> str:
    text = "-" if value is None else value.hex() if isinstance(value, bytes) else str(value)
    text = "".join(character if character.isprintable() else "·" for character in text)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"

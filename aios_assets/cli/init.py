"""`aios init`: a settings file with every setting at its default and a comment each."""

from pathlib import Path
from typing import Annotated

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, tell
from aios_assets.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("init", short_help="Writes an aios.toml with every setting and what it means")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path(),
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes an aios.toml with every setting at its default and a comment each; one that is there stays as it is."""
    from aios_assets.settings import template  # 0.1 s: pydantic

    file = folder.absolute() / "aios.toml"
    if folder.exists() and not folder.is_dir():
        raise SettingsError(str(folder), "it is a file", "name a folder")
    made = not file.exists()
    if made:
        folder.mkdir(parents=True, exist_ok=True)
        text = template()
        if lake:
            quoted = lake.replace("\\", "\\\\").replace('"', '\\"')
            text = text.replace('path = "./lake"', f'path = "{quoted}"', 1)
        file.write_text(text, encoding="utf-8")
    lines = [
        f"{file} is written: every setting at its default" if made else f"{file} is there already and stays as it is"
    ]
    tell({"file": str(file), "written": made}, [*lines, "next: aios run FEED…"], as_json=as_json)

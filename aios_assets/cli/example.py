"""`aios example`: a delivery of two suppliers to try everything on."""

from pathlib import Path
from typing import Annotated, cast

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, progress, tell

FORMATS = ("csv", "jsonl")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("example", short_help="Writes an example delivery of two suppliers")(example)


def example(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path("example"),
    skus: Annotated[int, typer.Option(help="How many good records, of both suppliers together.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal bytes.")] = 7,
    lake: LakeOption = None,  # noqa: ARG001  every command takes it
    as_json: JsonOption = False,
) -> None:
    """Writes an example delivery of two suppliers, made from a seed, with the truth about it kept beside it."""
    from aios_assets.errors import SettingsError
    from aios_assets.example import write_example  # 0.5 s: polars

    if folder.exists() and not folder.is_dir():
        raise SettingsError(str(folder), "it is a file", "name a folder")
    progress(f"  making {skus:,} records …")
    made = write_example(folder, skus=skus, seed=seed)
    told = {
        "feeds": [str(path) for path in made.feeds],
        "truth": str(made.truth),
        "records": made.records,
        "pairs": made.pairs.height,
        "broken": made.broken.height,
        "personal": made.personal.height,
        "secrets": made.secrets.height,
        "poisoned": made.poisoned.height,
    }
    feeds = " ".join(cast("list[str]", told["feeds"]))
    lines = [
        f"{sum(made.records.values()):,} records of {len(made.records)} suppliers in {folder / 'feeds'}",
        (
            f"{made.pairs.height:,} products sold by both, {made.broken.height:,} broken rows, "
            f"{made.personal.height:,} personal data, {made.secrets.height:,} secrets, "
            f"{made.poisoned.height:,} poisoned texts"
        ),
        f"what is true of them: {made.truth} (for comparing; a run must never read it)",
        "",
        f"next: aios run {feeds}",
    ]
    tell(told, lines, as_json=as_json)

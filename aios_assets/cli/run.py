"""`aios run`: from delivered files to listings, as the Dagster job that the UI and the schedules run."""

import glob
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import FAULT, SAID_NO, JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    from aios_assets.catalogue import Ran
    from aios_assets.settings import Settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run", short_help="Takes deliveries through every stage; the gate judges each")(run)


def run(
    feeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FEED…",
            help="Delivered files, folders, globs, https:// or s3:// addresses; none: all in the watched folder.",
        ),
    ] = None,
    *,
    supplier: Annotated[str | None, typer.Option(help="Who delivered, where the file's name does not say it.")] = None,
    profile: Annotated[str | None, typer.Option(help="How strict: pilot, scale or run.")] = None,
    stages: Annotated[str | None, typer.Option(help="Only these stages, comma-separated.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes deliveries through every stage; the gate judges each, and the summary says what happened and where to look."""
    from aios_assets.settings import load  # 0.1 s: pydantic

    settings = load(lake=lake, profile=profile)
    _ready(feeds or [], stages, settings.inbox)
    progress("  starting …")
    # Its pool logs a traceback where an interruption meets a connection that is being closed.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    from aios_assets.catalogue import run_catalogue  # 4 s: Dagster, the stages, the models

    chosen = [name.strip() for name in stages.split(",")] if stages else None
    _known(chosen or [], settings)
    ran = run_catalogue(
        settings,
        files=_found(feeds or [], settings),
        supplier=supplier or "",
        only=chosen,
        say=progress,
    )
    finish(ran, ran.plain(), settings, [], as_json=as_json)


def finish(ran: "Ran", told: dict[str, Any], settings: "Settings", first: list[str], *, as_json: bool) -> None:
    """Tells what a run did, `first` in words before it, and ends with the exit code that says how it went."""
    tell(told, [*first, *_lines(ran.plain(), settings.lake_folder)], as_json=as_json)
    if ran.refusals:
        raise typer.Exit(SAID_NO)
    if ran.faults:
        raise typer.Exit(FAULT)


def _reason(reason: dict[str, Any]) -> str:
    """Why rows were set aside, how many, and where the first of them stands."""
    first = f" (first: {reason['first']})" if reason["first"] else ""
    return f"{reason['rows']:,} x {reason['why']}{first}: {reason['do']}"


def failed(faults: list[dict[str, str]]) -> list[str]:
    """The stages that broke off, those by the same fault together: a file that is no feed is none for sales either."""
    tables: dict[tuple[str, str, str], list[str]] = {}
    for one in faults:
        tables.setdefault((one["what"], one["why"], one["do"]), []).append(one["table"])
    return [
        line
        for (what, why, do), names in tables.items()
        for line in (f"FAILED {', '.join(names)}: {what}", f"  why: {why}", f"  do:  {do}")
    ]


def _found(feeds: list[str], settings: "Settings") -> list[str]:
    """The files at these addresses; what is remote is brought here once, before any stage asks for it."""
    from aios_assets.intake import arrived

    return [str(path.absolute()) for path in arrived(settings, feeds)] if feeds else []


def _ready(feeds: list[str], stages: str | None, inbox: Path) -> None:
    """Says at once what cannot be run, before seconds are spent on imports and a folder is made."""
    for feed in feeds:
        if "://" in feed or (glob.has_magic(feed) and glob.glob(feed, recursive=True)):
            continue
        path = Path(feed)
        if path.is_dir():
            if not any(_delivered(file) for file in path.iterdir()):
                raise SettingsError(feed, "there is no file in this folder", "name a folder with delivered files")
        elif not path.is_file():
            raise SettingsError(feed, "there is no such file", "name a delivered file that can be read")
        elif not path.stat().st_size:
            raise SettingsError(feed, "the file is empty", "ask for it again")
    takes_in = stages is None or bool({"records", "sales"} & {name.strip() for name in stages.split(",")})
    if takes_in and not feeds and not (inbox.is_dir() and any(_delivered(path) for path in inbox.iterdir())):
        raise SettingsError(
            "nothing to run",
            f"no delivery was named and {inbox} holds none",
            f"name files (aios run FEED…), or put some into {inbox}; for a first try: "
            "aios example && aios run example/feeds/*",
        )


def _known(chosen: list[str], settings: "Settings") -> None:
    """Refuses a stage that there is not, before a folder is made."""
    from aios_assets.definitions import stages

    names = [stage.name for stage in stages(settings) if stage.part != "evidence"]
    if strange := sorted(set(chosen) - set(names)):
        raise SettingsError("--stages", f"{', '.join(strange)} is no stage", f"name some of {', '.join(names)}")


def _delivered(path: Path) -> bool:
    return path.is_file() and path.name[0] not in "._"


def _lines(told: dict[str, Any], lake: Path) -> list[str]:
    rows = [
        (
            name,
            one["outcome"],
            "-" if one["version"] is None else one["version"],
            f"{one['rows']:,}",
            f"{one['recomputed']:,}",
            f"{one['quarantined']:,}",
            f"{one['seconds']:.1f}",
        )
        for name, one in told["tables"].items()
    ]
    lines = table(rows, ("table", "outcome", "version", "rows", "computed", "set aside", "seconds"))
    lines.append("")
    for refusal in told["refusals"]:
        lines += [
            f"REFUSED {refusal['table']} by {refusal['rule']} (ledger entry {refusal['ledger_index']})",
            f"  why: {refusal['why']}",
            f"  do:  {refusal['do']}",
        ]
    for name, one in told["tables"].items():
        lines += [f"{name}, set aside in this attempt:"] if one["aside"] else []
        lines += [f"  {_reason(reason)}" for reason in one["aside"]]
    for one in told["passed_over"]:
        lines.append(f"NOT APPLIED {one['file']} of {one['supplier']}: {one['outcome']}, a newer snapshot of it stands")
    lines += failed(told["faults"])
    sold = f"{told['sales']:,} sales lines, " if told["sales"] else ""
    lines += [
        (
            f"{told['rows_in']:,} records in, {told['rejected']:,} rejected, {sold}{told['matches']:,} matched pairs, "
            f"{told['publishable']:,} products to publish, {told['in_review']:,} records in doubt"
        ),
        f"{told['seconds']:.1f} s, {told['peak_rss_mb']:,} MB at most, run {told['run_id']}",
        f"ledger: {told['ledger']['size']} entries, root {told['ledger']['root'][:16]}…",
        "",
        *([f"look:   aios trace SUPPLIER/SKU --lake {lake}"] if told["rows_in"] else []),
        *([f"why:    aios feed rejects --lake {lake}"] if told["rejected"] else []),
        f"verify: aios audit verify --lake {lake}",
        "see:    aios dev (Dagster's pages and the dashboards)",
    ]
    return lines

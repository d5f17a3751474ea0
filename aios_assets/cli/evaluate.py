"""`aios evaluate`: how good an enrichment is, against labels that it never sees before it has answered."""

from pathlib import Path
from typing import Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, progress, tell
from aios_assets.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Evaluation: nothing about enrichment is believed before it is measured.")
    group.command("matches", short_help="Two files matched as a run would, against a gold")(matches)
    group.command("pairs", short_help="Labelled pairs, judged and measured")(pairs)
    group.command("pii", short_help="Personal data found in marked texts, and measured")(pii)
    group.command("drift", short_help="A feed mutated in every way, and what was noticed")(drift)
    app.add_typer(
        group, name="evaluate", short_help="Measures: matching, pairs, personal data, drift", no_args_is_help=True
    )


def matches(
    left: Annotated[Path, typer.Argument(metavar="LEFT", help="A table of records, any separator.")],
    right: Annotated[Path | None, typer.Argument(metavar="[RIGHT]", help="The other; not with --dirty.")] = None,
    *,
    gold: Annotated[Path | None, typer.Option(metavar="GOLD", help="The true pairs, two columns of ids.")] = None,
    one_to_one: Annotated[
        bool | None, typer.Option("--one-to-one/--many", help="What each record may match; without: found out.")
    ] = None,
    dirty: Annotated[bool, typer.Option("--dirty", help="Find duplicates within LEFT.")] = False,
    cluster: Annotated[
        str | None, typer.Option(metavar="COL", help="The column of LEFT that says which rows are one.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots.")] = None,
    details: Annotated[
        bool,
        typer.Option("--details", help="With --json: B-cubed, calibration, hindsight and the hardest errors, too."),
    ] = False,
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep interim results there: an interrupted run continues.")
    ] = None,
    lake: LakeOption = None,  # noqa: ARG001  every command takes --lake
    as_json: JsonOption = False,
) -> None:
    """Matches two files as `aios run` would and measures the result against the gold pairs."""
    from aios_assets.evaluate.matches import evaluate  # 1 s
    from aios_assets.scratch import ScratchFolder

    if dirty == (right is not None):
        raise SettingsError("RIGHT", "--dirty looks into one file, without it there are two", "name one or two files")
    if gold is None and cluster is None:
        raise SettingsError("--gold", "without true pairs nothing can be measured", "name their file, or --cluster COL")
    for path in (left, right, gold):
        _readable(path)
    progress("  matching …")
    scratch = ScratchFolder(work, say=progress)
    result: Any = evaluate(left, right, gold, one_to_one=one_to_one, dirty=dirty, cluster=cluster, scratch=scratch)
    _tell(result, html, as_json=as_json, details=details)


def pairs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Labelled pairs, one a line.")],
    train: Annotated[Path | None, typer.Option(metavar="FILE", help="Labelled pairs to learn from first.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots.")] = None,
    lake: LakeOption = None,  # noqa: ARG001
    as_json: JsonOption = False,
) -> None:
    """Judges labelled pairs with the evidence of matching, and measures the result."""
    from aios_assets.evaluate.pairs import evaluate

    _readable(file)
    _readable(train)
    progress("  judging pairs …")
    result: Any = evaluate(file, train_on=train)
    _tell(result, html, as_json=as_json)


def pii(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON list of texts with marked spans.")],
    lake: LakeOption = None,  # noqa: ARG001
    as_json: JsonOption = False,
) -> None:
    """Finds personal data in marked texts, and measures precision, recall and F2 by type."""
    from aios_assets.evaluate.pii import evaluate  # 0.6 s

    _readable(file)
    progress("  reading …")
    _tell(evaluate(file), None, as_json=as_json)


def drift(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A delivered file of 200 records or more, any format.")],
    seeds: Annotated[int, typer.Option(min=1, max=1_000, help="How many benign deliveries to try.")] = 50,
    lake: LakeOption = None,  # noqa: ARG001
    as_json: JsonOption = False,
) -> None:
    """Mutates a feed in every way that feeds go wrong, and measures what is found, refused, and refused for nothing."""
    from aios_assets.evaluate.drift import evaluate  # 1 s

    _readable(file)
    progress("  mutating …")
    _tell(evaluate(file, seeds=seeds), None, as_json=as_json)


def _tell(result: Any, html: Path | None, *, as_json: bool, details: bool = False) -> None:
    told = result.details() if hasattr(result, "details") else result.plain()
    if html is not None:
        from aios_assets.evaluate.page import page

        try:
            html.write_text(page(told), encoding="utf-8")
        except OSError as broken:
            raise SettingsError(str(html), str(broken), "name a file that can be written") from broken
        progress(f"  the page is {html}")
    tell(told if details else result.plain(), result.lines(), as_json=as_json)


def _readable(path: Path | None) -> None:
    if path is None:
        return
    do = "name a file that can be read"
    if path.is_dir():
        raise SettingsError(str(path), "it is a folder", do)
    if not path.is_file():
        raise SettingsError(str(path), "there is no such file", do)
    if not path.stat().st_size:
        raise SettingsError(str(path), "it is empty", do)

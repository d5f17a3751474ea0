"""`aios review`: pairs of records that wait for a person: which, side by side, decided one by one, from a file, or sampled."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, progress, table, tell
from aios_assets.cli.deciding import APPLY, By, Over, Why, desk_of, line_of, outcome, refusals, table_of, told_of
from aios_assets.cli.side_by_side import shown
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    import polars as pl

    from aios_assets.cli.opened import Opened

Name = Annotated[str, typer.Argument(metavar="ID", help="As `list` tells it: it names the pair and the version of it.")]
WAITING = ("contradiction", "waiting", "to confirm", "changed")
"""States in which a person is asked, the most urgent first."""
VERDICTS = ("same", "different", "unsure")
KEYS = {"s": "same", "d": "different", "u": "unsure"}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Review: doubtful pairs, side by side, decided by people.", no_args_is_help=True)
    group.command("list", short_help="Pairs that wait for a person, the most doubtful first")(list_)
    group.command("show", short_help="Both records side by side, and what differs")(show)
    group.command("decide", short_help="Decides about a pair, as it was seen")(decide)
    group.command("batch", short_help="Decides about many pairs, from a file")(batch)
    group.command("next", short_help="One pair after the other, until none waits")(next_)
    group.command("sample", short_help="Puts random pairs into review, to measure matching")(sample)
    app.add_typer(group, name="review", short_help="Doubtful pairs, side by side, decided by people")


def list_(
    state: Annotated[str | None, typer.Option(help="Only these: waiting, to confirm, changed, decided, gone …")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many at most.")] = 25,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the pairs that wait for a person, the most doubtful first; with --state others."""
    from aios_assets.cli.opened import look

    rows = _rows(look(lake))
    counts = dict(sorted(rows.group_by("state").len().iter_rows()))
    if state is not None and state not in counts and state not in (*WAITING, "decided", "gone"):
        raise SettingsError("--state", f"{state!r} is none", f"name one of {', '.join(counts) or 'none yet'}")
    chosen = _queue(rows, (state,) if state else WAITING).head(most)
    lines = [
        (
            row["id"],
            row["state"],
            f"{row['left_supplier']}/{row['left_sku']}",
            f"{row['right_supplier']}/{row['right_sku']}",
            "-" if row["probability"] is None else f"{row['probability']:.3f}",
            "merged" if row["merged"] else "apart",
            row["reason"] if row["verdict"] is None else f"{row['verdict']} by {row['by']}",
        )
        for row in chosen.iter_rows(named=True)
    ]
    told = {"counts": counts, "reviews": chosen.to_dicts()}
    heads = ("id", "state", "one", "other", "probability", "now", "why here")
    waits = sum(counts.get(name, 0) for name in WAITING)
    said = f"{waits:,} wait; " + (", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing is here")
    hint = ["look: aios review show ID, or one after the other: aios review next --by NAME"] if lines else []
    tell(told, [*(table(lines, heads) if lines else []), "", said, *hint], as_json=as_json)


def show(name: Name, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Shows both records side by side, what differs marked, what speaks for and against, and what would change it."""
    from aios_assets.cli.opened import look

    opened = look(lake)
    told, lines = shown(opened, name)
    tell(told, lines, as_json=as_json)


def decide(
    name: Name,
    verdict: Annotated[str, typer.Argument(metavar="same|different|unsure", help="What you say of the two.")],
    by: By,
    why: Why,
    *,
    over: Over = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="How long it took you, where a tool measured it.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decides about a pair, as it was seen under this ID: refused where it has changed since, or is your own doing."""
    from aios_assets.cli.opened import act

    made = desk_of(opened := act(lake)).one(_asked(opened, name, verdict, by, why, over=over, seconds=seconds))
    _record(made)
    tell({**told_of(made), "id": name, "apply": "aios matches apply"}, [line_of(made), APPLY], as_json=as_json)


def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSON: id, or left and right; verdict; why.")],
    by: By,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Where a line has no reason of its own.")] = "",
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decides about many pairs: lines with an `id` as `decide` does, lines with `left` and `right` as labels by command."""
    from aios_assets.cli.batches import lines_of
    from aios_assets.cli.opened import act

    lines = lines_of(file)
    opened = act(lake)
    told: list[Any] = []
    asked, places = [], []
    for number, line in enumerate(lines):
        try:
            asked.append(_asked(opened, line.name, line.verdict, by, line.why or why, over=line.over, pair=line.pair))
            places.append(number)
            told.append(None)
        except SettingsError as wrong:
            told.append(wrong)
    for place, one in zip(places, desk_of(opened).take(asked), strict=True):
        told[place] = one
    made, refused = outcome(told)
    already = sum(one.already for one in made)
    for one in made:
        _record(one)
    said = f"{len(made) - already:,} decided, {already:,} were decided before, {len(refused):,} refused"
    answer = {"decided": [told_of(one) for one in made], "refused": refused}
    tell(answer, [*refusals(refused), said, *([APPLY] if len(made) > already else [])], as_json=as_json)
    if refused:
        raise typer.Exit(SAID_NO)


def next_(by: By, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """One pair after the other, the most doubtful first, until none waits or you stop; your time is measured."""
    from aios_assets.cli.opened import act

    opened, done = act(lake), []
    for row in _queue(_rows(opened), WAITING).iter_rows(named=True):
        if row["reason"] == "command" and row["by"] == by:
            continue  # one's own doing is for somebody else to look at
        begun = time.monotonic()
        for line in shown(opened, row["id"])[1]:
            progress(line)
        answer = typer.prompt("[s]ame, [d]ifferent, [u]nsure, [n]ext, [q]uit", err=True).strip().lower()[:1]
        if answer == "q":
            break
        if answer not in KEYS:
            continue
        why = typer.prompt("why", default="looked at both", err=True)
        # Who may decide is asked anew each time: a right that was taken away ends here.
        asked = _asked(opened, row["id"], KEYS[answer], by, why, over=None, seconds=time.monotonic() - begun)
        made = desk_of(opened).one(asked)
        _record(made)
        done.append(made)
        progress(line_of(made))
    seconds = sum(made.decision.seconds or 0.0 for made in done)
    said = f"{len(done)} decided in {seconds:.0f} s"
    told = {"decided": [told_of(made) for made in done], "seconds": round(seconds, 1)}
    tell(told, [said, *([APPLY] if done else [])], as_json=as_json)


def sample(
    number: Annotated[int, typer.Argument(metavar="N", min=5, max=5000, help="How many pairs to draw.")],
    by: By,
    seed: Annotated[int | None, typer.Option(help="Draws the same again; without one, by chance.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts random pairs of each kind of decision into review, so that precision and recall can be estimated."""
    from aios_assets.cli.opened import act
    from aios_assets.sampling import draw

    opened = act(lake)
    drawn = draw(opened.lake, desk_of(opened), number, by=by, seed=seed)
    rows = [(name, f"{size:,}", drawn.drawn.get(name, 0)) for name, size in drawn.sizes.items()]
    told = {"ledger_index": drawn.index, "sizes": dict(drawn.sizes), "drawn": dict(drawn.drawn), "seed": drawn.seed}
    lines = [
        *table(rows, ("decided", "pairs", "drawn")),
        "",
        "they are in the list after the next run: aios matches apply",
    ]
    tell(told, lines, as_json=as_json)


def _rows(opened: "Opened") -> "pl.DataFrame":
    found: pl.DataFrame = table_of(opened, "reviews").drop("_fingerprint", "_attempt").collect()
    return found


def _queue(rows: "pl.DataFrame", states: tuple[str, ...]) -> "pl.DataFrame":
    """The pairs in these states, the most urgent first: by state, then those that are most likely decided wrongly."""
    import polars as pl

    order = pl.col("state").replace_strict(
        {name: at for at, name in enumerate(states)}, default=99, return_dtype=pl.Int8
    )
    wrong = pl.when("merged").then(1 - pl.col("probability")).otherwise("probability").fill_null(0.0)
    return rows.filter(pl.col("state").is_in(states)).sort(order, -wrong, "id")


def _asked(
    opened: "Opened",
    name: str,
    verdict: str,
    by: str,
    why: str,
    *,
    over: int | None,
    seconds: float | None = None,
    pair: Any = None,
) -> Any:
    from aios_assets.beside import Beside
    from aios_assets.desk import Asked
    from aios_assets.reviews import COMMAND, REVIEW, Verdict

    if verdict not in VERDICTS:
        raise SettingsError(f"verdict {verdict!r}", "it is none", f"say one of {', '.join(VERDICTS)}")
    if pair is not None:
        return Asked(pair, Verdict(verdict), by, why, via=COMMAND, over=over)
    seen = name.partition("-")[2]
    if not seen:
        raise SettingsError(
            f"review {name}", "it does not say which version of the pair you saw", "copy the ID in full, with its dash"
        )
    found = Beside(opened.lake).pair_of(name)
    return Asked(found, Verdict(verdict), by, why, via=REVIEW, seen=seen, over=over, seconds=seconds)


def _record(made: Any) -> None:
    """Counts what a person's look took."""
    from aios_assets.telemetry import record_review

    if not made.already:
        record_review(made.decision.verdict.value, seconds=made.decision.seconds)

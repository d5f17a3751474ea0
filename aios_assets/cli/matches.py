"""`aios matches`: two records are one product, or never are; why the model thinks so; and the run that makes it so."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import FAULT, SAID_NO, JsonOption, LakeOption, progress, table, tell
from aios_assets.cli.deciding import (
    APPLY,
    By,
    Over,
    Why,
    desk_of,
    line_of,
    outcome,
    record_of,
    refusals,
    table_of,
    told_of,
)
from aios_assets.errors import Refused, SettingsError

if TYPE_CHECKING:
    from aios_assets.cli.opened import Opened

A = Annotated[str, typer.Argument(metavar="A", help="A record, as SUPPLIER/SKU.")]
B = Annotated[str, typer.Argument(metavar="B", help="Another.")]
Several = Annotated[
    list[str], typer.Argument(metavar="PRODUCT|A B…", help="A product's id, or records as SUPPLIER/SKU.")
]
MOST = 20
"""Records of a product that are taken apart at once: each pair of them is a decision."""
BAR = 24


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Matches: merge, un-merge, never these two; why; and apply it.", no_args_is_help=True)
    group.command("merge", short_help="Two records are one product from the next run on")(merge)
    group.command("unmerge", short_help="Takes a product apart, all of it or some records")(unmerge)
    group.command("never", short_help="Two records are never one product")(never)
    group.command("withdraw", short_help="Takes back what was decided about two records")(withdraw)
    group.command("explain", short_help="Why two records are one product, or are not")(explain)
    group.command("apply", short_help="Publishes what was decided")(apply)
    app.add_typer(group, name="matches", short_help="Merge, un-merge, never these two; why; apply")


def merge(
    a: A, b: B, by: By, why: Why, over: Over = None, lake: LakeOption = None, as_json: JsonOption = False
) -> None:
    """Two records are one product from the next run on, whatever the model says; another person confirms it in review."""
    _decide([(a, b)], "same", by, why, lake, as_json=as_json, over=over)


def never(
    a: A, b: B, by: By, why: Why, over: Over = None, lake: LakeOption = None, as_json: JsonOption = False
) -> None:
    """Two records are never one product: that outlives every rebuild, and every model."""
    _decide([(a, b)], "different", by, why, lake, as_json=as_json, over=over)


def withdraw(a: A, b: B, by: By, why: Why, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Takes back what was decided about two records: the model decides about them again."""
    _decide([(a, b)], "unsure", by, why, lake, as_json=as_json, frees=True)


def unmerge(what: Several, by: By, why: Why, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Takes a product apart, all of it or the records named: each is what it was before, and they are never one again."""
    from aios_assets.cli.opened import act

    opened = act(lake)
    products = dict(_products(opened, what))
    if len(what) == 1 and "/" not in what[0]:
        names = sorted(name for name, product in products.items() if product == what[0])
        if len(names) < 2:
            why_not = "no product is called so" if not names else f"it is one record, {names[0]}, and cannot be parted"
            raise SettingsError(f"product {what[0]}", why_not, "see aios sql 'SELECT * FROM matches WHERE members > 1'")
        if len(names) > MOST:
            raise SettingsError(
                f"product {what[0]}", f"it has {len(names)} records", f"name up to {MOST} that are to part: A B…"
            )
    else:
        names = list(dict.fromkeys(what))
        if len(names) < 2:
            raise SettingsError(what[0], "it is one record", "name two or more, or a product's id")
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    _parted(opened, pairs, products)
    _decide(pairs, "different", by, why, lake, as_json=as_json, frees=True)


def _products(opened: "Opened", what: list[str]) -> list[tuple[str, str]]:
    """Records and their product, of all that these names could mean."""
    import polars as pl

    name = pl.concat_str("supplier", pl.lit("/"), "sku")
    rows = table_of(opened, "matches").select(name.alias("name"), "product")
    return list(rows.filter(pl.col("name").is_in(what) | pl.col("product").is_in(what)).collect().iter_rows())


def _parted(opened: "Opened", pairs: list[tuple[str, str]], products: dict[str, str]) -> None:
    """Raises Refused where nothing of it is merged."""
    from aios_assets.reviews import Reviewed, Verdict, pair_of

    standing = Reviewed.read(opened.lake.ledger).standing

    def merged(one: str, other: str) -> bool:
        told = standing.get(pair_of(*record_of(one), *record_of(other)))
        published = one in products and products[one] == products.get(other)
        return published or (told is not None and told.verdict is Verdict.SAME)

    if apart := [f"{one} and {other}" for one, other in pairs if not merged(one, other)]:
        raise Refused(
            apart[0], "they are not one product, so there is nothing to part", "to forbid it: aios matches never A B"
        )


def _decide(
    pairs: list[tuple[str, str]],
    verdict: str,
    by: str,
    why: str,
    lake: str | None,
    *,
    as_json: bool,
    over: int | None = None,
    frees: bool = False,
) -> None:
    from aios_assets.cli.opened import act
    from aios_assets.desk import Asked
    from aios_assets.reviews import Verdict, pair_of

    records = [(record_of(one), record_of(other)) for one, other in pairs]
    desk = desk_of(act(lake))
    told = desk.take(
        [Asked(pair_of(*a, *b), Verdict(verdict), by, why, over=over, frees=frees) for a, b in records], whole=True
    )
    made, refused = outcome(told)
    if len(told) == 1 and refused:
        raise told[0]  # type: ignore[misc]  # what is refused is an exception
    lines = [*(line_of(one) for one in made), *refusals(refused)]
    fresh = any(not one.already for one in made)
    tell(
        {"decided": [told_of(one) for one in made], "refused": refused, "apply": "aios matches apply"},
        [*lines, *([APPLY] if fresh and not refused else [])],
        as_json=as_json,
    )
    if refused:
        raise typer.Exit(SAID_NO)


def explain(a: A, b: B, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Why two records are one product, or are not: which evidence counted how much, what would have changed it, who else."""
    import base64

    from aios_assets.cli.opened import look
    from aios_assets.enrich.matching import MatchModel
    from aios_assets.enrich.matching.waterfall import explain as explained
    from aios_assets.reviews import Reviewed, pair_of

    one, other = record_of(a), record_of(b)
    if one == other:
        raise SettingsError(a, "it was named twice", "name two records")
    opened = look(lake)
    records = table_of(opened, "products").collect()
    known = set(records.select("supplier", "sku").iter_rows())
    for record in (one, other):
        if record not in known:
            raise SettingsError("/".join(record), "no published record is called so", "see aios sql 'FROM products'")
    model = MatchModel.from_bytes(base64.b64decode(table_of(opened, "match_model").collect()["artefact"].item()))
    progress("  comparing …")
    found = explained(records, model, one, other)
    products = dict(_products(opened, [a, b]))
    standing = Reviewed.read(opened.lake.ledger).standing.get(pair_of(*one, *other))
    told = {
        **found.plain(),
        "products": products,
        "merged": a in products and products[a] == products.get(b),
        "decided": None if standing is None else standing.words,
        "model": model.digest,
    }
    rows = [("before any evidence", "", f"{found.start:+.2f}", _bar(found.start))]
    rows += [(step.says, f"{step.seen:.2f}", f"{step.added:+.2f}", _bar(step.added)) for step in found.steps]
    total = found.start + sum(step.added for step in found.steps)
    rows.append(("together", "", f"{total:+.2f}", _bar(total)))
    words = "one product" if told["merged"] else "two products"
    says = {step.kind: step.says for step in found.steps}
    nearest = [(n_of, record, f"{score:.2f}") for n_of, record, score in found.neighbours]
    tell(
        told,
        [
            f"{a} and {b} are {words} now ({', '.join(dict.fromkeys(products.values()))})",
            f"decided: {told['decided'] or 'by nobody; the model decides'}",
            f"probability {found.probability:.3f}, likely from {found.threshold:.3f} on",
            "",
            *table(rows, ("evidence", "seen", "log-odds", "")),
            "",
            "what would have changed it: "
            + (", ".join(f"without “{says[kind]}”" for kind in found.tipping) or "no single kind of evidence"),
            "",
            *table(nearest, ("nearest to", "record", "score")),
        ],
        as_json=as_json,
    )


def _bar(value: float) -> str:
    return ("█" if value >= 0 else "░") * min(BAR, round(abs(value) * 2))


def apply(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Runs every stage but those that take deliveries in, so that what was decided is published."""
    from aios_assets.cli.opened import ledger_file
    from aios_assets.cli.run import failed
    from aios_assets.settings import load

    settings = load(lake=lake)
    ledger_file(settings)
    progress("  starting …")
    from aios_assets.catalogue import run_catalogue  # 4 s: Dagster, the stages, the models
    from aios_assets.definitions import stages

    chosen = [stage.name for stage in stages(settings) if stage.part != "evidence" and not stage.reads_feed]
    ran = run_catalogue(settings, only=chosen, say=progress)
    told: dict[str, Any] = ran.plain()
    lines = [f"{name}: {one['outcome']}, version {one['version']}" for name, one in told["tables"].items()]
    lines += [f"REFUSED {one['table']} by {one['rule']}: {one['why']}" for one in told["refusals"]]
    lines += failed(told["faults"])
    lines.append(f"{told['matches']:,} matched pairs, {told['publishable']:,} products, {told['in_review']:,} in doubt")
    tell(told, lines, as_json=as_json)
    if ran.refusals:
        raise typer.Exit(SAID_NO)
    if ran.faults:
        raise typer.Exit(FAULT)

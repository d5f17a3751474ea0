"""`aios feed drift|accept`: how deliveries differ from the last accepted ones, and a person's yes to it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, table, tell
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    from aios_assets.shapes import Compared


def register(group: typer.Typer) -> None:
    """Adds the subcommands."""
    group.command("drift", short_help="How each supplier's latest delivery differs")(drift)
    group.command("accept", short_help="Accepts a delivery's differences, for exactly its bytes")(accept)


def drift(
    supplier: Annotated[str | None, typer.Argument(metavar="[SUPPLIER]", help="Only this supplier's.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every delivery, not only each supplier's latest.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows how each supplier's latest delivery differs from the accepted one before it, why, and what would answer it."""
    from aios_assets.cli.opened import look
    from aios_assets.shapes import compared

    found = compared(look(lake).lake.ledger, supplier)
    if supplier is not None and not found:
        raise SettingsError(f"supplier {supplier}", "nothing of it was delivered", "take a name from `aios feed drift`")
    shown = found if every else list({one.supplier: one for one in found}.values())
    lines = [line for one in shown for line in _lines(one)]
    tell({"deliveries": [_plain(one) for one in shown]}, lines or ["nothing was delivered yet"], as_json=as_json)


def accept(
    supplier: Annotated[str, typer.Argument(metavar="SUPPLIER", help="Whose delivery.")],
    *,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who accepts; kept in the ledger.")] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="For what reason; kept too.")] = None,
    delivery: Annotated[
        str | None,
        typer.Option(metavar="SHA256", help="Which one, by the beginning of its digest; default: the latest."),
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accepts a delivery's differences, for exactly its bytes; where the mapping can follow them, it is changed."""
    if not (by or "").strip() or not (why or "").strip():
        raise SettingsError("accept", "somebody has to answer for it", "add --by NAME and --why TEXT")
    from aios_assets.cli.opened import act
    from aios_assets.enrich.redact import tokenise
    from aios_assets.shapes import ACCEPTED
    from audit.ledger import Entry, Kind

    opened = act(lake)
    one = _chosen(opened.lake.ledger, supplier, delivery)
    # The mapping first: a yes without it would let through what reads a column that is gone.
    written, lines = _follow(one, opened.settings.mappings)
    import polars as pl

    said = tokenise(pl.Series([by, why]), opened.vault.tokens).to_list()
    body = {
        "what": ACCEPTED,
        "by": said[0],
        "why": said[1],
        "supplier": supplier,
        "delivery": one.delivery,
        "drifts": [[each["kind"], each["column"]] for each in one.drifts],
        "patch": lines,
    }
    (logged,) = opened.lake.ledger.append(Entry(Kind.REVIEW, supplier, body, opened.lake.clock.now()))
    told = {**_plain(one), "ledger_index": logged.index, "mapping": written, "patch": lines}
    words = [f"accepted: {len(one.drifts)} differences of {', '.join(one.body['names'])} (ledger entry {logged.index})"]
    words += [f"{written}: {'; '.join(lines)}"] if written else []
    tell(told, [*words, "now run that delivery again: aios run FEED…"], as_json=as_json)


def _chosen(ledger: Any, supplier: str, delivery: str | None) -> "Compared":
    from aios_assets.shapes import compared

    found = [one for one in compared(ledger, supplier) if one.delivery.startswith(delivery or "")]
    if not found:
        raise SettingsError(f"supplier {supplier}", "it has no such delivery", "take one from `aios feed drift --all`")
    if len({one.delivery for one in found}) > 1 and delivery:
        raise SettingsError(f"--delivery {delivery}", "several begin like this", "give more of the digest")
    if not found[-1].drifts:
        raise SettingsError(
            f"delivery {found[-1].delivery[:12]}", "it differs in nothing, so there is nothing to accept", "run it"
        )
    return found[-1]


def _follow(one: "Compared", folder: Path) -> tuple[str | None, list[str]]:
    """Changes the supplier's mapping so that it follows; answers its path and the lines, or None and nothing."""
    import tomlkit

    from aios_assets.feeds import Mapping, load
    from aios_assets.feeds.drift import Drift, patched

    target = folder / f"{one.supplier}.toml"
    mapping = load(target) if target.is_file() else Mapping.model_validate_json(one.body["mapping"])
    found = tuple(
        Drift(each["kind"], each["column"], float(each["size"]), each["what"], each["why"], each["renames"])
        for each in one.drifts
    )
    new, lines = patched(mapping, found), [line for each in one.drifts for line in each["patch"]]
    if not lines:
        return None, []
    text = new.toml()
    if target.is_file():
        # In place: what a person wrote beside it stays.
        document: Any = tomlkit.parse(target.read_text("utf-8"))
        fresh: Any = tomlkit.parse(text)
        for name in mapping.fields:
            if name not in new.fields:
                del document["fields"][name]
            elif new.fields[name] != mapping.fields[name]:
                document["fields"][name] = fresh["fields"][name]
        text = tomlkit.dumps(document)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return str(target), lines


def _plain(one: "Compared") -> dict[str, Any]:
    return {
        "supplier": one.supplier,
        "delivery": one.delivery,
        "files": one.body["names"],
        "at": one.at.isoformat(),
        "against": one.body["against"],
        "outcome": one.outcome,
        "drifts": [{**each, "outcome": one.outcome_of(each)} for each in one.drifts],
    }


def _lines(one: "Compared") -> list[str]:
    named = f"{one.supplier}: {', '.join(one.body['names'])} ({one.delivery[:12]}…), {one.outcome}"
    if one.body["against"] is None:
        return [f"{named}; the first delivery, compared with nothing", ""]
    if not one.drifts:
        return [f"{named}; of the shape of the delivery before ({one.body['against'][:12]}…)", ""]
    rows = [(one.outcome_of(each), each["kind"], each["what"], each["why"]) for each in one.drifts]
    lines = [named, *table(rows, ("outcome", "kind", "what", "likely cause"))]
    patches = [line for each in one.drifts for line in each["patch"]]
    if patches:
        lines += ["", "the mapping would follow with:", *(f"  {line}" for line in patches)]
    if one.outcome == "refused":
        lines += ["", f"to take it: aios feed accept {one.supplier} --by NAME --why TEXT, then run it again"]
    return [*lines, ""]

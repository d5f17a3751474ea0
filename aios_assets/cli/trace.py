"""`aios trace`: one record's whole story, and where every value of it comes from."""

from typing import Annotated

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, table, tell

WIDTH = 60


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("trace", short_help="What became of a record: its lines, rules and models")(trace)


def trace(
    subject: Annotated[str, typer.Argument(metavar="SUPPLIER/SKU|PRODUCT", help="A record, or a product's id.")],
    field: Annotated[str | None, typer.Option(metavar="F", help="Only this field.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what became of a record: from which line each value comes, by which rule or model, who decided, in what order."""
    from aios_assets.cli.opened import look  # 0.6 s
    from aios_assets.contest import against
    from aios_assets.trace import trace as follow

    found = follow(look(lake), subject, field)
    rows = [
        (
            receipt.field,
            receipt.locale or "-",
            _short(str(receipt.value)),
            receipt.model or receipt.rule or "as delivered",
            "-" if receipt.confidence is None else f"{receipt.confidence:.2f}",
            ", ".join(f"{source.file}:{source.line}" for source in receipt.sources) or "-",
            f"{receipt.table} {receipt.version}",
            "-" if receipt.ledger_index is None else receipt.ledger_index,
        )
        for receipt in found.fields
    ]
    lines = [f"product {found.product or '- (none yet)'}", f"records {', '.join(found.records)}", ""]
    lines += table(rows, ("field", "locale", "value", "by", "confidence", "source", "version", "entry")) if rows else []
    contested = [(receipt, line) for receipt in found.fields for line in against(receipt)]
    if contested:
        lines += [
            "",
            "what other records say",
            *(f"{one.field} {one.locale or '-'}: {line}" for one, line in contested),
        ]
    lines += ["", *(_step(step.plain()) for step in found.story)]
    tell(found.plain(), lines, as_json=as_json)


def _step(step: dict[str, str | int | None]) -> str:
    entry = "" if step["ledger_index"] is None else f", entry {step['ledger_index']}"
    return f"{step['at'] or '(no time)'}  {step['what']}  [{step['where']}{entry}]"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"

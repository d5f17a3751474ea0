"""`aios golden`: where records of one product contradict each other, the worst first."""

from typing import Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, table, tell


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    group = typer.Typer(help="Golden products: where records of one product contradict each other.")
    group.callback()(_golden)
    group.command("conflicts", short_help="Values that records of one product contradict")(conflicts)
    app.add_typer(group, name="golden", short_help="Where records of one product contradict each other")


def _golden() -> None:
    """Golden products: where records of one product contradict each other."""


def conflicts(
    field: Annotated[str | None, typer.Option(metavar="F", help="Only this field, such as price.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many to show.")] = 20,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists values that records of one product contradict each other about, the worst first; wording is no conflict."""
    import orjson
    import polars as pl

    from aios_assets.cli.opened import inside, look  # 0.6 s

    opened = look(lake).lake
    inside(opened, "conflicts")
    rows = opened.scan("conflicts")
    if field:
        rows = rows.filter(pl.col("field").is_in([field, f"attribute:{field}"]))
    found = rows.sort("severity", "product", "field", descending=[True, False, False]).collect()
    shown: list[dict[str, Any]] = [
        {name: value for name, value in row.items() if not name.startswith("_")}
        | {"others": orjson.loads(row["others"])}
        for row in found.head(limit).iter_rows(named=True)
    ]
    cells = [
        (
            f"{row['severity']:.2f}",
            row["product"],
            row["field"],
            f"{row['value']} ({row['supplier']}/{row['sku']})",
            "; ".join(f"{one['value']} ({one['supplier']}/{one['sku']})" for one in row["others"]),
            row["decided_by"],
        )
        for row in shown
    ]
    lines = table(cells, ("severity", "product", "field", "stands", "others say", "decided by")) if cells else []
    lines += [f"{found.height:,} conflicts" if found.height else "no record contradicts another"]
    if found.height > limit:
        lines[-1] += f", {limit} shown; --limit shows more, aios trace PRODUCT all about one"
    tell({"conflicts": found.height, "rows": shown}, lines, as_json=as_json)

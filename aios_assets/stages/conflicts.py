"""Conflicts: where records of one product contradict each other about more than wording, the worst first."""

import polars as pl

from aios_assets.stage import table_stage
from policies.contract import Column, Contract, between

READ = tuple(
    f"golden.{name}" for name in ("severity", "value", "supplier", "sku", "others", "decided_by", "agree", "differ")
)

CONFLICTS = Contract(
    key=("product", "field", "locale"),
    columns=(
        Column("product", pl.String, reads=("golden.product", "golden.severity"), tags={"digest"}),
        Column("field", pl.String, reads=("golden.field", "golden.severity")),
        Column("locale", pl.String, reads=("golden.locale", "golden.severity")),
        Column("severity", pl.Float64, reads=("golden.severity",),
               about="how much the field matters times how far the values are apart, 0 to 1"),
        Column("value", pl.String, reads=READ, tags={"text"}, about="what stands"),
        Column("supplier", pl.String, reads=READ, about="whose record says so"),
        Column("sku", pl.String, reads=READ, about="the record that says so"),
        Column("agree", pl.Int64, reads=READ, about="records that say so"),
        Column("differ", pl.Int64, reads=READ, about="records that say something else"),
        Column("decided_by", pl.String, reads=READ, about="the criterion that decided"),
        Column("others", pl.String, reads=READ, tags={"text"},
               about="JSON: which records said what else, and the criterion that each lost by"),
    ),
    expects=(between("severity", 0, 1), between("differ", 1, None)),
)  # fmt: skip


@table_stage(CONFLICTS, group="product")
def conflicts(golden: pl.LazyFrame) -> pl.LazyFrame:
    """Values about which records of one product contradict each other, with all that was said; wording is no conflict."""
    contradicted = golden.filter(pl.col("severity") > 0)
    return contradicted.select(column.name for column in CONFLICTS.columns)

"""Products: where the records of a product contradict each other, the worst first; and one product in full."""

from typing import Final

import polars as pl
import streamlit as st

from dashboards import reading, show
from dashboards.views import product

WORST: Final = 10
"""Conflicts on a page of the list."""


def page() -> None:
    """Draws the page."""
    counts = reading.ask(totals, ("golden",))
    if counts is None:
        show.empty("No product has been put together yet.")
        return
    against = reading.ask(by_field, ("conflicts",))
    _head(counts.row(0, named=True), against)
    picked = _conflicts(against)
    product.draw(picked)


def totals(golden: pl.LazyFrame) -> pl.LazyFrame:
    """Products that several records are, the values that stand of them, and about how many of those records differ."""
    return golden.select(
        pl.col("product").n_unique().cast(pl.Int64).alias("products"),
        pl.len().cast(pl.Int64).alias("values"),
        (pl.col("differ") > 0).sum().cast(pl.Int64).alias("differ"),
    )


def by_field(conflicts: pl.LazyFrame) -> pl.LazyFrame:
    """Conflicts by field; the fields of most first."""
    return (
        conflicts.group_by("field").agg(pl.len().cast(pl.Int64).alias("conflicts")).sort(-pl.col("conflicts"), "field")
    )


def worst(conflicts: pl.LazyFrame, field: str | None) -> pl.LazyFrame:
    """Conflicts about a field, or all; the worst first."""
    said = pl.format("{} ({}/{})", *(pl.element().struct.field(name) for name in ("value", "supplier", "sku")))
    asked = conflicts if field is None else conflicts.filter(pl.col("field") == field)
    return asked.sort("severity", "product", "field", descending=[True, False, False]).select(
        "severity",
        "field",
        pl.format("{} ({}/{})", "value", "supplier", "sku").alias("stands"),
        product.others().list.eval(said).list.join("; ").alias("others"),
        product.worded("decided_by", product.DECIDED, "by the winner of {}").alias("why"),
        "product",
    )


def _head(told: dict[str, int], against: pl.DataFrame | None) -> None:
    conflicts = int(against["conflicts"].sum()) if against is not None else 0
    show.figures(
        ("Products of several records", f"{told['products']:,}", "a product of one record is that record"),
        ("Values that stand", f"{told['values']:,}", "of those products, one a field and language"),
        (
            "Where records differ",
            f"{told['differ']:,}",
            "values that some record puts otherwise, be it wording or a few cents",
        ),
        (
            "Conflicts",
            f"{conflicts:,}",
            "values that cannot all be right; wording and small differences are no conflict",
        ),
    )


def _conflicts(against: pl.DataFrame | None) -> str | None:
    """Draws the list; the product of the row that was chosen."""
    st.subheader("Conflicts, the worst first")
    if against is None or against.is_empty():
        st.markdown("No record contradicts another about more than wording.")
        return None
    count = dict(against.iter_rows())
    field = st.pills("Field", list(count), format_func=lambda name: f"{name}: {count[name]:,}", key="field")
    listed = reading.ask(worst, ("conflicts",), field)
    if listed is None:
        return None
    st.caption("Choose a row to see its product below.")
    row = show.chosen(
        listed,
        f"conflicts-{field}",  # another list: what was chosen in the one before is no choice in it
        WORST,
        {
            "severity": st.column_config.ProgressColumn(
                "Severity",
                help="how much the field matters times how far apart",
                min_value=0,
                max_value=1,
                format="%.2f",
                width="small",
            ),
            "field": st.column_config.TextColumn("Field", width="small"),
            "stands": st.column_config.TextColumn("Stands", width="medium"),
            "others": st.column_config.TextColumn("Others say", width="medium"),
            "why": "Why it stands",
            "product": "Product",
        },
    )
    return None if row is None else str(row["product"])

"""Fills: how well each supplier fills each field, now and delivery by delivery."""

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show

DRAWN = 40
"""Deliveries in the plot."""

COUNTS = ("records", "delivered", "readable")


def coverage() -> None:
    """Draws how full and how readable the fields are now."""
    st.subheader("How well fields are filled")
    shares = reading.ask(filled, ("coverage",))
    if shares is None or shares.is_empty():
        st.markdown("Not measured yet: it is, at the end of the next run.")
        return
    st.caption("Left: records in which the supplier fills the field. Right: of those, the share that could be read.")
    order = (
        shares.group_by("field")
        .agg(pl.col("delivered").sum())
        .sort("delivered", "field", descending=[True, False])["field"]
        .to_list()
    )
    left, right = st.columns(2)
    with left:
        show.chart(_heat(shares, "filled", "filled", order))
    with right:
        show.chart(_heat(shares.filter(pl.col("read").is_not_null()), "read", "readable, of those filled", order))


def by_delivery() -> None:
    """Draws how full the fields of one supplier were, delivery by delivery."""
    names = reading.ask(suppliers, ("fills",))
    if names is None or names.is_empty():
        return
    st.subheader("How fields run dry, delivery by delivery")
    supplier = st.selectbox("Supplier", names["supplier"].to_list(), key="fills-supplier", width=320)
    shares = reading.ask(dry, ("fills",), supplier)
    if shares is None or shares["of"].n_unique() < 2:
        st.markdown("One delivery alone shows no change.")
        return
    show.chart(
        alt.Chart(shares)
        .mark_rect(stroke="white")
        .encode(
            x=alt.X("of:N", sort=None, title=None, axis=alt.Axis(labelAngle=-50, labelLimit=160)),
            y=alt.Y("field:N", title=None, axis=alt.Axis(labelOverlap=False)),
            color=alt.Color("share:Q", title="filled", scale=alt.Scale(domain=[0, 1], scheme="blues")),
            tooltip=["of:N", "field:N", alt.Tooltip("share:Q", format=".1%"), alt.Tooltip("records:Q", format=",")],
        )
        .properties(height=30 * shares["field"].n_unique() + 150)  # the names of the files stand in it as well
    )


def filled(coverage: pl.LazyFrame) -> pl.LazyFrame:
    """Coverage as shares of a supplier's records."""
    return coverage.select(
        "supplier", "field", "records", "delivered", "readable",
        (pl.col("delivered") / pl.col("records")).alias("filled"),
        pl.when(pl.col("delivered") > 0).then(pl.col("readable") / pl.col("delivered")).alias("read"),
    ).sort("supplier", "field")  # fmt: skip


def dry(fills: pl.LazyFrame, supplier: str) -> pl.LazyFrame:
    """How full each field is that a supplier fills at all, delivery by delivery."""
    own = fills.filter(pl.col("supplier") == supplier)
    latest = own.select("ledger_index").unique().sort("ledger_index").tail(DRAWN)
    used = own.group_by("field").agg(pl.col("filled").sum()).filter(pl.col("filled") > 0)
    shares = own.join(latest, on="ledger_index", how="semi").join(used, on="field", how="semi")
    share = (pl.col("filled") / pl.col("records")).alias("share")
    return shares.with_columns(share, pl.format("{} · {}", "ledger_index", "file").alias("of")).sort(
        "ledger_index", "field"
    )


def suppliers(fills: pl.LazyFrame) -> pl.LazyFrame:
    """Suppliers, who delivered most often first."""
    counted = fills.group_by("supplier").agg(pl.col("ledger_index").n_unique().alias("deliveries"))
    return counted.sort("deliveries", "supplier", descending=[True, False])


def _heat(shares: pl.DataFrame, column: str, title: str, order: list[str]) -> Any:
    base = alt.Chart(shares).encode(
        x=alt.X("supplier:N", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("field:N", sort=order, title=None),
        tooltip=["supplier:N", "field:N", *(alt.Tooltip(f"{name}:Q", format=",") for name in COUNTS)],
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 1], scheme="blues"), legend=None)
    )
    dark = alt.datum[column] > 0.55
    words = base.mark_text(fontSize=12).encode(
        text=alt.Text(f"{column}:Q", format=".0%"), color=alt.condition(dark, alt.value("white"), alt.value("#26323f"))
    )
    return alt.layer(cells, words).properties(
        height=30 * len(order) + 30, title=alt.Title(title.capitalize(), anchor="start")
    )

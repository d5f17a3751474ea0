"""Feeds: what came from whom and whether in time, what could not be read and why, how the fields are filled."""

import itertools
from typing import Final

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show
from dashboards.views import fills

DRAWN = 40
"""Deliveries in the plot."""

ASIDE = ("feed_rejects", "sales_rejects")
"""Where delivered rows go that broke a promise: those of products, and those of sales."""

UNREADABLE = "not readable"
REASONS: Final = {
    "rows": show.count("Rows"),
    "supplier": "Supplier",
    "rule": "Promise broken",
    "why": st.column_config.TextColumn("Why", width="large"),
    "do": st.column_config.TextColumn("What to do", width="large"),
    "first": "First one",
}
DELIVERIES: Final = {
    "at": show.moment("Read"),
    "supplier": "Supplier",
    "file": "File",
    "outcome": "What became of it",
    "table": "Fills",
    "mode": "Tells",
    "dated": show.moment("Supplier's own date"),
    "ordered_by": "Ordered by",
    "rows": show.count("Records read"),
    "rejects": show.count("Not readable"),
    "late": "Late",
    "format": "Format",
    "size": "Size",
    "sha256": "SHA-256",
}
DUE: Final = {
    "supplier": "Supplier",
    "at": show.moment("Last delivery"),
    "late": "It was",
    "next_expected_at": show.moment("Next one due"),
    "expected_by": "Says who",
}
DRIFTS: Final = {
    "at": show.moment("Seen"),
    "supplier": "Supplier",
    "files": "File",
    "what": st.column_config.TextColumn("What differs", width="large"),
    "why": st.column_config.TextColumn("Likely cause", width="large"),
    "outcome": "What became of it",
    "patch": "What the mapping would say",
    "column": "Column",
    "read": st.column_config.CheckboxColumn("A field reads it"),
}


def page() -> None:
    """Draws the page."""
    came = reading.ask(deliveries, ("deliveries",))
    if came is None or came.is_empty():
        show.empty("No delivery has been read yet.")
        return
    waiting = _of_both(reasons)
    _head(came, waiting)
    _over_time(came)
    _due()
    _reasons(waiting, sorted(came["supplier"].unique().to_list()))
    fills.coverage()
    fills.by_delivery()
    _drifts()
    st.subheader("Deliveries, latest first")
    size = pl.col("size").map_elements(show.size, pl.String)
    listed = came.with_columns(size, _lateness(), pl.col("sha256").str.head(12)).select(*DELIVERIES)
    show.paged(listed, "deliveries", DELIVERIES)
    st.caption(
        "The same bytes twice, under whatever name, are one delivery. A *snapshot* is all that a supplier has: what is "
        "missing is gone. A *delta* is changes. Late and superseded: a newer snapshot stands, so it was not applied."
    )


def deliveries(table: pl.LazyFrame) -> pl.LazyFrame:
    """Every delivery, the latest first."""
    return table.sort("ledger_index", descending=True)


def reasons(rejects: pl.LazyFrame) -> pl.LazyFrame:
    """Rows set aside by supplier and reason, the most frequent first."""
    place = pl.format("{}, line {}", "file", "line").drop_nulls().sort().first()
    counted = rejects.group_by("supplier", "rule", "why", "do").agg(
        pl.len().cast(pl.Int64).alias("rows"), place.alias("first")
    )
    return counted.sort("rows", "rule", "why", descending=[True, False, False])


def aside(rejects: pl.LazyFrame) -> pl.LazyFrame:
    """The rows set aside themselves, by file and line; what stood in them is sealed."""
    known = [name for name in ("sku", "invoice") if name in rejects.collect_schema()]
    return rejects.select("supplier", "file", "line", *known, "rule", "why", "do").sort("file", "line", nulls_last=True)


def due(table: pl.LazyFrame) -> pl.LazyFrame:
    """The latest delivery of each supplier, with when the next one is due; first what is due first."""
    return table.sort("ledger_index").group_by("supplier").last().sort("next_expected_at", "supplier", nulls_last=True)


def latest(drifts: pl.LazyFrame) -> pl.LazyFrame:
    """Differences in shape, the latest first."""
    return drifts.sort("ledger_index", descending=True)


def _of_both(question: reading.Question) -> pl.DataFrame | None:
    """An answer over what was set aside of products and of sales; None where nothing ever was."""
    found = [reading.ask(question, (table,)) for table in ASIDE]
    answers = [answer for answer in found if answer is not None]
    return pl.concat(answers, how="diagonal") if answers else None


def _lateness() -> pl.Expr:
    """How late a delivery came, in words."""
    late = pl.col("late_seconds")
    words = pl.when(late < 7_200).then(pl.format("{} min late", late // 60)).when(late < 172_800)
    told = words.then(pl.format("{} h late", late // 3_600)).otherwise(pl.format("{} days late", late // 86_400))
    return (
        pl.when(late.is_null())
        .then(pl.lit("not expected yet"))
        .when(late == 0)
        .then(pl.lit("in time"))
        .otherwise(told)
        .alias("late")
    )


def _due() -> None:
    st.subheader("When the next delivery is due")
    next_ones = reading.ask(due, ("deliveries",))
    if next_ones is None or next_ones["next_expected_at"].null_count() == next_ones.height:
        st.markdown(
            "No supplier has a rhythm yet: it is learned from three arrivals of its own, or said in its mapping, "
            '`[expect] every = "1d"`, `by = "06:00"` (UTC). What one run reads has arrived at one time.'
        )
        return
    show.paged(next_ones.with_columns(_lateness()).select(*DUE), "due", DUE)


def _drifts() -> None:
    found = reading.ask(latest, ("drifts",))
    if found is None:
        return
    st.subheader("How deliveries differ in shape from the last accepted ones")
    if found.is_empty():
        st.markdown("No delivery differed in shape from the one before.")
        return
    show.paged(found.select(*DRIFTS), "drifts", DRIFTS)
    st.caption("What is meant is taken by `aios feed accept SUPPLIER --by NAME --why TEXT`, for exactly that delivery.")


def _head(came: pl.DataFrame, waiting: pl.DataFrame | None) -> None:
    last = came.row(0, named=True)
    aside_now = int(waiting["rows"].sum()) if waiting is not None else 0
    st.caption(f"Latest delivery: **{last['file']}** from **{last['supplier']}**, {show.when(last['at'])}")
    show.figures(
        ("Suppliers", f"{came['supplier'].n_unique():,}", "that ever delivered"),
        ("Deliveries", f"{came.height:,}", "different ones: the same bytes twice count once"),
        ("Records read", f"{came['rows'].sum():,}", "over all deliveries"),
        ("Not readable", f"{came['rejects'].sum():,}", "over all deliveries; each line is kept, sealed"),
        ("Set aside now", f"{aside_now:,}", "rows of the last deliveries that broke a promise or could not be read"),
    )


def _over_time(came: pl.DataFrame) -> None:
    st.subheader("Deliveries over time, by supplier")
    # A name that tells its date tells it well enough.
    named = pl.when(pl.col("ordered_by") == "name").then("file")
    own = pl.coalesce(named, pl.col("dated").dt.strftime("%d %b %Y · ") + pl.col("file"))
    label = pl.coalesce(own, pl.col("at").dt.strftime("%d %b %H:%M:%S · ") + pl.col("file"))
    drawn = came.head(DRAWN).sort("ledger_index").with_columns(label.alias("of"))
    parts = [
        drawn.select("of", "file", pl.col(column).alias("records"), what.alias("what"))
        for column, what in (("rows", pl.col("supplier")), ("rejects", pl.lit(UNREADABLE)))
    ]
    colours = _colours(sorted(came["supplier"].unique().to_list()), UNREADABLE)
    order = drawn["of"].unique(maintain_order=True).to_list()
    show.chart(
        alt.Chart(pl.concat(parts))
        .mark_bar(size=30 if len(order) <= 20 else 14)
        .encode(
            x=alt.X(
                "of:N",
                sort=order,
                title=None,
                axis=alt.Axis(labelAngle=-20 if len(order) <= 12 else -60, labelLimit=160, labelOverlap=False),
            ),
            y=alt.Y("records:Q", title="Records"),
            color=alt.Color("what:N", scale=colours, title=None),
            tooltip=[alt.Tooltip("of:N", title="delivery"), "what:N", alt.Tooltip("records:Q", format=",")],
        )
        .properties(height=280)
    )


def _colours(names: list[str], bad: str = "") -> alt.Scale:
    """A colour for each supplier, the same all over the page, and one for what is bad."""
    hues = [*itertools.islice(itertools.cycle(show.HUES), len(names))]
    return alt.Scale(domain=[*names, *filter(None, (bad,))], range=[*hues, *([show.BAD] if bad else [])])


def _reasons(waiting: pl.DataFrame | None, names: list[str]) -> None:
    st.subheader("Why rows were set aside")
    if waiting is None or waiting.is_empty():
        st.markdown("No row of the last deliveries was set aside.")
        return
    by_rule = waiting.group_by("supplier", "rule").agg(pl.col("rows").sum()).sort("rows", descending=True)
    show.chart(
        alt.Chart(by_rule)
        .mark_bar()
        .encode(
            x=alt.X("rows:Q", title="Rows set aside now", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("rule:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color("supplier:N", scale=_colours(names), title="Supplier"),
            tooltip=["supplier:N", "rule:N", "rows:Q"],
        )
        .properties(height=90 + 34 * by_rule["rule"].n_unique())
    )
    show.paged(waiting.select(*REASONS), "reasons", REASONS)
    with st.expander("Row by row"):
        each = _of_both(aside)
        if each is not None:
            show.paged(each, "aside")
        st.caption(
            "List and export them with `aios feed rejects`; after mending a mapping, `aios feed redrive --by NAME` reads "
            "them again. What stood in them is sealed in the vault."
        )

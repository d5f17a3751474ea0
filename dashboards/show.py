"""Show: how pages look alike: figures, times, tables by the page, what stands where nothing is yet."""

from datetime import datetime
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

PAGE = 25
"""Rows of a table that are shown at a time."""

GOOD, FAIR, DOUBT, BAD, QUIET = "#2e7d5b", "#8fbfa6", "#d08a1d", "#b3382c", "#8a94a3"
HUES = ("#35618e", "#d08a1d", "#7a5195", "#4c9f9f", "#5f7a2e", "#c06c84", "#8a94a3")
"""Colours that say nothing; neither good nor bad."""

COLOURS = (
    "#35618e", "#2e7d5b", "#d08a1d", "#7a5195", "#b3382c", "#4c9f9f", "#8a94a3", "#c06c84", "#5f7a2e", "#16324f", "#e8c468",
    "#8c5a3c", "#9fc5e8", "#4a4a4a", "#a8d08d", "#e3a6b8",
)  # fmt: skip

MARKUP = "\\`*_{}[]()<>#+-!|$~:"

RUN = "aios run FEED…"


def empty(what: str, do: str = RUN) -> None:
    """Says that there is nothing yet, and the command that changes that."""
    with st.container(border=True):
        st.markdown(f"**{what}**")
        st.markdown("To see something here, run")
        st.code(do, language="bash")


def figures(*told: tuple[str, str, str]) -> None:
    """A row of figures, each with its label and what it means."""
    for column, (label, value, about) in zip(st.columns(len(told)), told, strict=True):
        column.metric(label, value, help=about or None, border=True)


def paged(rows: pl.DataFrame, key: str, columns: dict[str, Any] | None = None) -> None:
    """A table, a page at a time."""
    shown = _leaf(rows, key, PAGE)
    st.dataframe(shown, hide_index=True, width="stretch", height="content", column_config=columns, key=f"{key}-rows")


def chosen(rows: pl.DataFrame, key: str, size: int, columns: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """A table, `size` rows at a time, of which one row may be chosen; that row, or None."""
    shown = _leaf(rows, key, size)
    event = st.dataframe(
        shown, hide_index=True, width="stretch", height="content", column_config=columns, key=f"{key}-rows",
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    marked = [row for row in event.selection.rows if row < shown.height]
    return shown.row(marked[0], named=True) if marked else None


def _leaf(rows: pl.DataFrame, key: str, size: int) -> pl.DataFrame:
    pages = max(1, -(-rows.height // size))
    page = turned(pages, key, f"{rows.height:,} rows") if pages > 1 else 1
    return rows.slice((page - 1) * size, size)


def turned(pages: int, key: str, of: str) -> int:
    """The page that the reader has turned to, from 1."""
    chosen = st.number_input(f"Page of {pages:,} ({of})", 1, pages, 1, key=f"{key}-page", width=220)
    return int(chosen)


def chart(drawn: Any) -> None:
    """A plot, as wide as the page."""
    st.altair_chart(
        drawn.configure_view(stroke=None).configure_axis(grid=True, gridOpacity=0.35, titleFontWeight="normal"),
        width="stretch",
    )


def colours(names: list[str]) -> alt.Scale:
    """The same colour for the same name within a page."""
    return alt.Scale(domain=names, range=[COLOURS[place % len(COLOURS)] for place, _ in enumerate(names)])


def moment(label: str) -> Any:
    """How a column of moments is shown."""
    return st.column_config.DatetimeColumn(label, format="D MMM YYYY, HH:mm:ss", timezone="UTC")


def count(label: str) -> Any:
    """How a column of counts is shown."""
    return st.column_config.NumberColumn(label, format="localized")


def clock() -> alt.X:
    """The moment of each row, along the plot, in UTC whatever the reader's own zone is."""
    return alt.X("at:T", title=None, scale=alt.Scale(type="utc"))


def plain(text: str) -> str:
    """A text with nothing in it taken for markup: findings and titles may quote what a feed holds."""
    return "".join(f"\\{letter}" if letter in MARKUP else letter for letter in text)


def when(moment: datetime) -> str:
    """A moment in words; all times are UTC."""
    return f"{moment:%d %b %Y, %H:%M} UTC"


def size(count: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def short(name: str) -> str:
    """The beginning of an identifier, enough to find it by."""
    return name[:8]

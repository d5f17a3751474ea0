"""Ledger: how long it is, what was signed, what it tells of, and what is open."""

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show

KINDS = {
    "decided": "decisions of the gate",
    "committed": "versions committed",
    "abandoned": "writes abandoned",
    "lineage": "lineage events",
    "shipped": "lineage shipped",
    "delivery": "deliveries read",
    "run": "stages that broke off",
    "review": "decisions of people",
    "models": "model calls",
    "foreign": "versions nobody permitted",
    "vacuumed": "files deleted on purpose",
    "pinned": "versions kept",
}


def page() -> None:
    """Draws the page."""
    length = reading.ask(tip, ("entries",))
    if length is None or length.is_empty():
        show.empty("The ledger has not been read into a table yet.")
        return
    opened = reading.ask(unsettled, ("writes",))
    versions = reading.ask(published, ("writes",))
    _head(length.row(0, named=True), opened, versions)
    _open(opened)
    left, right = st.columns(2)
    with left:
        _kinds()
    with right:
        _versions(versions)
    _checkpoints()
    st.subheader("Entries, latest first")
    listed = reading.ask(listing, ("entries",))
    if listed is not None:
        kinds = sorted(listed["kind"].unique().to_list())
        wanted = st.pills(
            "Kinds", kinds, selection_mode="multi", format_func=lambda kind: KINDS.get(kind, kind), key="kinds"
        )
        show.paged(
            listed.filter(pl.col("kind").is_in(wanted)) if wanted else listed,
            "entries",
            {
                "index": st.column_config.NumberColumn("Entry"),
                "at": show.moment("When"),
                "kind": "Kind",
                "subject": "About",
                "leaf": "Leaf hash",
                "trace": "Trace",
            },
        )


def tip(entries: pl.LazyFrame) -> pl.LazyFrame:
    """The last entry that a signed root covers, and how many there are."""
    return (
        entries.select("index", "at", "root", pl.len().alias("entries"), pl.col("at").min().alias("since"))
        .filter(pl.col("root").is_not_null())
        .sort("index")
        .last()
    )


def unsettled(writes: pl.LazyFrame) -> pl.LazyFrame:
    """Writes that did not end as a version, and versions that nobody was permitted; the latest first."""
    return writes.filter(pl.col("outcome") != "committed").sort("ledger_index", descending=True)


def published(writes: pl.LazyFrame) -> pl.LazyFrame:
    """Every committed version, in order."""
    return (
        writes.filter(pl.col("outcome") == "committed")
        .select("at", "table", "version", "rows", "bytes", "ledger_index")
        .sort("ledger_index")
    )


def by_kind(entries: pl.LazyFrame, every: str) -> pl.LazyFrame:
    """Entries by kind in each stretch of time."""
    return entries.group_by(pl.col("at").dt.truncate(every), "kind").agg(pl.len().alias("entries")).sort("at", "kind")


def span(entries: pl.LazyFrame) -> pl.LazyFrame:
    """The first and the last moment."""
    return entries.select(pl.col("at").min().alias("first"), pl.col("at").max().alias("last"))


def checkpoints(entries: pl.LazyFrame) -> pl.LazyFrame:
    """The signed roots that are kept, the latest first."""
    return (
        entries.filter(pl.col("root").is_not_null())
        .select((pl.col("index") + 1).alias("size"), "at", "root")
        .sort("size", descending=True)
    )


def listing(entries: pl.LazyFrame) -> pl.LazyFrame:
    """All entries, the latest first."""
    return entries.select("index", "at", "kind", "subject", pl.col("leaf", "trace").str.head(16)).sort(
        "index", descending=True
    )


def _head(last: dict[str, object], opened: pl.DataFrame | None, versions: pl.DataFrame | None) -> None:
    doubt = opened.filter(pl.col("outcome") == "in doubt").height if opened is not None else 0
    foreign = opened.filter(pl.col("outcome") == "foreign").height if opened is not None else 0
    show.figures(
        ("Entries", f"{last['entries']:,}", "when the tables of evidence were last brought up to date"),
        (
            "Versions published",
            f"{versions.height if versions is not None else 0:,}",
            "Delta versions that a permit covers",
        ),
        ("In doubt", f"{doubt:,}", "admitted, and neither committed nor abandoned"),
        ("Written past the gate", f"{foreign:,}", "versions that no permit covers; no reader shows them"),
    )
    size = int(str(last["index"])) + 1
    st.markdown(
        f"**Signed root over the first {size:,} entries.** Keep it elsewhere: a ledger that was cut or forked cannot match it."
    )
    st.code(str(last["root"]), language=None)
    st.caption("Check chain, signatures, files and versions with `aios audit verify`.")


def _open(opened: pl.DataFrame | None) -> None:
    st.subheader("Open ends")
    if opened is None or opened.is_empty():
        st.markdown("Nothing is in doubt, nothing was abandoned, and nothing was written past the gate.")
        return
    advice = {
        "in doubt": ("orange", "a run goes on, or died here: `aios reconcile` finishes it"),
        "foreign": ("red", "written past the gate: `aios audit verify` names it, `aios repair TABLE` undoes it"),
        "abandoned": ("gray", "another commit came first; it was judged again"),
        "repaired": ("gray", "a version written past the gate, undone"),
    }
    for outcome, (colour, words) in advice.items():
        if count := opened.filter(pl.col("outcome") == outcome).height:
            st.markdown(f":{colour}-badge[{count:,} {outcome}] {words}")
    show.paged(opened.select("at", "table", "outcome", "version", "why", "ledger_index"), "open")


def _kinds() -> None:
    st.subheader("What was entered, over time")
    ends = reading.ask(span, ("entries",))
    if ends is None or ends.item(0, "last") is None:
        return
    lasted = (ends.item(0, "last") - ends.item(0, "first")).total_seconds()
    every, title = (
        ("1m", "a minute") if lasted < 7200 else ("1h", "an hour") if lasted < 5 * 86_400 else ("1d", "a day")
    )
    counted = reading.ask(by_kind, ("entries",), every)
    if counted is None:
        return
    told = counted.with_columns(pl.col("kind").replace(KINDS).alias("kind"))
    names = [name for name in KINDS.values() if name in set(told["kind"])]
    show.chart(
        alt.Chart(told)
        .mark_bar(size=14)
        .encode(
            x=show.clock(),
            y=alt.Y("entries:Q", title=f"Entries {title}"),
            color=alt.Color(
                "kind:N", scale=show.colours(names), title=None, legend=alt.Legend(orient="bottom", columns=3)
            ),
            tooltip=["at:T", "kind:N", "entries:Q"],
        )
        .properties(height=300)
    )


def _versions(versions: pl.DataFrame | None) -> None:
    st.subheader("Versions published, by table")
    if versions is None or versions.is_empty():
        st.markdown("None yet.")
        return
    names = versions["table"].unique(maintain_order=True).to_list()
    show.chart(
        alt.Chart(versions)
        .mark_point(filled=True, size=70)
        .encode(
            x=show.clock(),
            y=alt.Y("table:N", sort=names, title=None),
            color=alt.Color("table:N", scale=show.colours(names), legend=None),
            tooltip=["table:N", "version:Q", "at:T", alt.Tooltip("rows:Q", format=",", title="rows in new files")],
        )
        .properties(height=300)
    )


def _checkpoints() -> None:
    kept = reading.ask(checkpoints, ("entries",))
    if kept is None:
        return
    st.subheader("Signed checkpoints that are kept")
    st.caption("Between two powers of two only the last is kept; each proves all that came before it.")
    show.paged(
        kept,
        "checkpoints",
        {
            "size": show.count("Entries covered"),
            "at": show.moment("Last entry covered"),
            "root": "Root",
        },
    )

"""Runs: what ran, what was refused and why, and what each stage took."""

from typing import Any, Final, Literal

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show

DRAWN = 30
"""Runs in the plots."""

FIGURES: Final = {
    "Seconds": ("seconds", "Seconds", ".1f"),
    "Rows computed": ("computed", "Rows computed", ","),
    "Rows in each table": ("rows", "Rows in the table", ","),
    "Cost of models": ("cost", "Cost", ".4f"),
}
RUNS: Final = {
    "at": show.moment("First decision"),
    "run": "Run",
    "outcome": st.column_config.TextColumn("What came of it", width="medium"),
    "judged": st.column_config.NumberColumn("Stages judged"),
    "refused": st.column_config.NumberColumn("Refused"),
    "rows": show.count("Rows computed"),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
    "cost": st.column_config.NumberColumn("Cost of models", format="%.4f"),
    "profile": "Profile",
}
STAGES: Final = {
    "stage": "Stage",
    "outcome": "Outcome",
    "version": "Became version",
    "rows": show.count("Rows"),
    "computed": show.count("Computed"),
    "set_aside": show.count("Set aside"),
    "asked": show.count("Asked of models"),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.2f"),
    "cost": st.column_config.NumberColumn("Cost", format="%.4f"),
    "ledger_index": "Ledger entry",
}
FINDINGS: Final = {
    "stage": "Stage",
    "outcome": "Rule said",
    "rule": "Rule",
    "about": "About",
    "why": "Why",
    "do": "What to do",
    "ledger_index": "Ledger entry",
}


def page() -> None:
    """Draws the page."""
    judged, broken = reading.ask(attempts, ("decisions",)), reading.ask(latest, ("faults",))
    if judged is None or (judged.is_empty() and (broken is None or broken.is_empty())):
        show.empty("Nothing has been judged yet.")
        return
    runs = _runs(judged, broken)
    _head(runs)
    _refusals(reading.ask(refusals, ("decisions", "writes")), runs)
    _plots(judged)
    st.subheader("All runs, latest first")
    st.caption("A run in which nothing had changed judged nothing, and is not listed; Dagster's pages have it.")
    show.paged(runs.select(pl.col(name).str.head(8) if name == "run" else name for name in RUNS), "runs", RUNS)
    _detail(runs, judged)


def attempts(decisions: pl.LazyFrame) -> pl.LazyFrame:
    """One row an attempt, the latest first."""
    return decisions.unique("ledger_index", keep="first").sort("ledger_index", descending=True)


def latest(faults: pl.LazyFrame) -> pl.LazyFrame:
    """The faults, the latest first."""
    return faults.sort("ledger_index", descending=True)


def refusals(decisions: pl.LazyFrame, writes: pl.LazyFrame) -> pl.LazyFrame:
    """Every finding that refused, the latest first, with the version that stayed published."""
    landed = writes.filter(pl.col("outcome") == "committed").select(
        "table", pl.col("ledger_index").alias("before"), pl.col("version").alias("stays")
    )
    refused = decisions.filter(pl.col("outcome") == "refused")
    stood = (
        refused.select("ledger_index", "table")
        .unique()
        .join(landed, on="table")
        .filter(pl.col("before") < pl.col("ledger_index"))
        .group_by("ledger_index", "table")
        .agg(pl.col("stays").max())
    )
    return refused.join(stood, on=["ledger_index", "table"], how="left").sort("ledger_index", "rule", descending=True)


def findings(decisions: pl.LazyFrame, run: str) -> pl.LazyFrame:
    """All findings of a run, refusing ones first."""
    order = pl.col("outcome").replace_strict({"refused": 0, "admitted": 1}, default=2)
    whole = pl.when(pl.col("about") == "").then(pl.lit("the table")).otherwise("about").alias("about")
    mine = decisions.filter(pl.col("run") == run).sort(order, "ledger_index", "rule")
    return mine.select(whole if name == "about" else name for name in FINDINGS)


def _runs(judged: pl.DataFrame, broken: pl.DataFrame | None) -> pl.DataFrame:
    """One row a run, the latest first; those that broke off before anything was judged as well."""
    refused = pl.lit("refused: ") + pl.col("table").filter(~pl.col("admitted")).unique().sort().str.join(", ")
    of = judged.group_by("run").agg(
        pl.col("at").min(),
        pl.when(pl.col("admitted").all()).then(None).otherwise(refused).first().alias("refusal"),
        pl.len().cast(pl.Int64).alias("judged"),
        (~pl.col("admitted")).sum().cast(pl.Int64).alias("refused"),
        pl.col("computed").sum().alias("rows"),
        pl.col("seconds").sum(),
        pl.col("cost").sum().cast(pl.Float64),
        pl.col("profile").first(),
    )
    if broken is None:
        broken = judged.clear().select("run", "at", "stage", pl.col("rule").alias("fault"))
    told = broken.group_by("run").agg(
        pl.col("at").min().alias("broke"), pl.format("broke off: {}, {}", "stage", "fault").first().alias("fault")
    )
    return (
        of.join(told, on="run", how="full", coalesce=True)
        .select(
            "run", pl.coalesce("at", "broke").alias("at"),
            pl.coalesce("refusal", "fault", pl.lit("admitted")).alias("outcome"),
            pl.col("judged", "refused", "rows").fill_null(0), "seconds", "cost", "profile",
        )
        .sort("at", descending=True)
    )  # fmt: skip


def _head(runs: pl.DataFrame) -> None:
    last = runs.row(0, named=True)
    good = last["outcome"] == "admitted"
    colour: Literal["green", "red"] = "green" if good else "red"
    words = "all admitted" if good else str(last["outcome"])
    icon = ":material/check_circle:" if good else ":material/block:"
    st.badge(f"Latest run, {show.when(last['at'])}: {words}", icon=icon, color=colour)
    seconds, cost = last["seconds"], runs["cost"].sum()
    show.figures(
        ("Runs", f"{runs.height:,}", "that judged something, or broke off"),
        ("With a refusal", f"{runs.filter(pl.col('refused') > 0).height:,}", "the gate said no to at least one table"),
        ("Rows computed", f"{last['rows']:,}", "in the latest run: rows that had changed, summed over its stages"),
        ("Seconds", "-" if seconds is None else f"{seconds:.1f}", "of the latest run, up to each stage's decision"),
        ("Cost of models", f"{cost:,.4f}" if cost else "0", "of all runs; models on this machine cost nothing"),
    )


def _refusals(refused: pl.DataFrame | None, runs: pl.DataFrame) -> None:
    st.subheader("Refused, and why")
    if refused is None or refused.is_empty():
        st.markdown("Nothing was ever refused.")
        return
    for one in refused.head(5).iter_rows(named=True):
        with st.container(border=True):
            about = "" if one["about"] in {"", one["table"]} else f" (about {show.plain(one['about'])})"
            st.markdown(f":red[**{one['table']}**] was refused by **{one['rule']}**{about}")
            st.markdown(f"**Why:** {show.plain(one['why'])}  \n**To do:** {show.plain(one['do'])}")
            stays = "nothing was published yet" if one["stays"] is None else f"version {one['stays']} stayed published"
            fresh = " · the latest run" if one["run"] == runs.item(0, "run") else ""
            look = f"`aios policy explain --entry {one['ledger_index']}`"
            st.caption(f"{show.when(one['at'])}{fresh} · {stays} · profile {one['profile']} · {look}")
    if refused.height > 5:
        with st.expander(f"All {refused.height:,} refusing findings"):
            show.paged(refused.select("at", *FINDINGS), "refused", {"at": show.moment("When"), **FINDINGS})


def _plots(judged: pl.DataFrame) -> None:
    begun = pl.col("at").min().over("run").alias("begun")
    wanted = judged.unique("run", keep="first", maintain_order=True).head(DRAWN).select("run")
    drawn = judged.join(wanted, on="run", how="semi").with_columns(begun, pl.col("cost").cast(pl.Float64))
    label = pl.col("begun").dt.strftime("%d %b %H:%M · ") + pl.col("run").str.head(4)
    drawn = drawn.with_columns(label.alias("of")).sort("begun", "ledger_index")
    names = drawn["stage"].unique(maintain_order=True).to_list()
    order = drawn["of"].unique(maintain_order=True).to_list()
    st.subheader("What each stage took")
    st.caption(f"The last {len(order)} runs that judged something, the latest at the right.")
    chosen = st.segmented_control(
        "Figure", list(FIGURES), default="Seconds", label_visibility="collapsed", key="figure"
    )
    column, title, form = FIGURES[chosen or "Seconds"]
    stacked = column != "rows"
    plot = alt.Chart(drawn.select("of", "stage", column)).encode(
        x=alt.X("of:N", sort=order, title=None, axis=alt.Axis(labelAngle=-30 if len(order) > 4 else 0, labelLimit=160)),
        y=alt.Y(f"{column}:Q", title=title, stack="zero" if stacked else None),
        color=alt.Color("stage:N", scale=show.colours(names), title=None, legend=alt.Legend(orient="right")),
        tooltip=[alt.Tooltip("of:N", title="run"), "stage:N", alt.Tooltip(f"{column}:Q", format=form, title=title)],
    )
    show.chart((plot.mark_bar(size=28) if stacked else plot.mark_line(point=True)).properties(height=300))


def _detail(runs: pl.DataFrame, judged: pl.DataFrame) -> None:
    st.subheader("One run, rule by rule")
    names: dict[str, Any] = {
        run["run"]: f"{show.when(run['at'])} · {show.short(run['run'])} · {run['outcome']}"
        for run in runs.filter(pl.col("judged") > 0).iter_rows(named=True)
    }
    if not names:
        st.markdown("No run has judged anything yet.")
        return
    run = st.selectbox("Run", list(names), format_func=names.__getitem__, key="run")
    stages = judged.filter(pl.col("run") == run).sort("ledger_index")
    outcome = pl.when("admitted").then(pl.lit("admitted")).otherwise(pl.lit("refused")).alias("outcome")
    told = stages.with_columns(outcome, pl.col("cost").cast(pl.Float64)).select(*STAGES)
    st.dataframe(told, hide_index=True, width="stretch", height="content", column_config=STAGES, key="stages")
    said = reading.ask(findings, ("decisions",), run)
    if said is not None:
        show.paged(said, "findings", FINDINGS)

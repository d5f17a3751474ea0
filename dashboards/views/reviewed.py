"""Reviewed: what waits for a person and what people decided, one pair as a waterfall, and how good matching is by that."""

from typing import Any, Final

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show

FIELDS: Final = ("title", "description", "brand", "model", "gtin", "price", "currency", "category")
STATES: Final = {
    "contradiction": "contradicts another",
    "waiting": "waits for a look",
    "to confirm": "done by command: waits for a second look",
    "changed": "decided, and a record has changed since",
    "decided": "decided",
    "gone": "decided, and a record is gone",
}
MEASURES: Final = {
    "precision": "precision: merged pairs that are one product",
    "recall": "recall: pairs of one product that merged",
    "same/certain": "one product among certain pairs",
    "same/likely": "one product among likely pairs",
    "same/review": "one product among doubtful pairs",
    "same/apart": "one product among pairs kept apart",
    "same/unlikely": "one product among unlikely pairs",
}
SHOWN: Final = 200
"""Pairs in the list to choose from."""


def section() -> None:
    """Draws the part of the page that is about reviews."""
    st.subheader("Reviewed by people")
    counts = reading.ask(by_state, ("reviews",))
    if counts is None or counts.is_empty():
        st.markdown("No pair waits for a person, and nobody has decided about one yet.")
        return
    told = dict(counts.iter_rows())
    show.figures(*((name.capitalize(), f"{told[name]:,}", STATES[name]) for name in STATES if name in told))
    _quality(reading.ask(measured, ("match_quality",)))
    state = st.segmented_control(
        "State", [name for name in STATES if name in told], format_func=lambda name: f"{name}: {STATES[name]}",
        default=next(name for name in STATES if name in told), label_visibility="collapsed", key="review-state",
    )  # fmt: skip
    queue = reading.ask(queued, ("reviews",), state or next(name for name in STATES if name in told))
    if queue is None or queue.is_empty():
        st.markdown("There is no such pair.")
        return
    names: dict[str, Any] = {row["id"]: _label(row) for row in queue.iter_rows(named=True)}
    chosen = st.selectbox("Pair, the most doubtful first", list(names), format_func=names.__getitem__, key="review")
    found = reading.ask(one, ("reviews", "products"), chosen)
    if found is not None and found.height:
        _pair(found.row(0, named=True))


def by_state(reviews: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs by what stands with them."""
    return reviews.group_by("state").agg(pl.len().cast(pl.Int64).alias("pairs")).sort("state")


def measured(match_quality: pl.LazyFrame) -> pl.LazyFrame:
    """What was estimated, precision and recall first."""
    order = pl.col("measure").replace_strict({name: at for at, name in enumerate(MEASURES)}, default=99)
    return match_quality.sort(order)


def queued(reviews: pl.LazyFrame, state: str) -> pl.LazyFrame:
    """The pairs in a state, those first that are most likely decided wrongly."""
    wrong = pl.when("merged").then(1 - pl.col("probability")).otherwise("probability").fill_null(0.0)
    return reviews.filter(pl.col("state") == state).sort(-wrong, "id").head(SHOWN)


def one(reviews: pl.LazyFrame, products: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """A pair, with what both records say."""
    told = products.select("supplier", "sku", *(pl.col(field).cast(pl.String) for field in FIELDS))
    told = told.with_columns(pl.col("price").str.replace(r"(\.\d\d)0+$", "$1"))
    for side in ("left", "right"):
        names = {"supplier": f"{side}_supplier", "sku": f"{side}_sku", **{field: f"{side}_{field}" for field in FIELDS}}
        reviews = reviews.join(told.rename(names), on=[f"{side}_supplier", f"{side}_sku"], how="left")
    return reviews.filter(pl.col("id") == name)


def _label(row: dict[str, Any]) -> str:
    sure = "-" if row["probability"] is None else f"{row['probability']:.0%}"
    names = f"{row['left_supplier']}/{row['left_sku']} and {row['right_supplier']}/{row['right_sku']}"
    said = f", {row['verdict']} by {row['by']}" if row["verdict"] else ""
    return f"{sure} · {names}{said} · {'merged' if row['merged'] else 'apart'} now"


def _quality(told: pl.DataFrame | None) -> None:
    known = told.filter(pl.col("value").is_not_null()) if told is not None else None
    if told is None or known is None or known.is_empty():
        asked = "" if told is None or told.is_empty() else " The pairs that were drawn wait to be decided."
        st.markdown(f"How good matching is can be told once random pairs were looked at.{asked}")
        st.code("aios review sample 100 --by NAME", language="bash")
        return
    rows = known.with_columns(pl.col("measure").replace(MEASURES).alias("what"))
    order = rows["what"].to_list()
    base = alt.Chart(rows).encode(y=alt.Y("what:N", sort=order, title=None, axis=alt.Axis(labelLimit=360)))
    tips = ["what:N", *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high"))]
    tips += [alt.Tooltip(f"{name}:Q", format=",") for name in ("pairs", "decided", "same")]
    scale = alt.Scale(domain=[0, 1])
    spans = base.mark_rule(size=3, color=show.HUES[0], opacity=0.5).encode(
        x=alt.X("low:Q", scale=scale, title="share, with its 95 % interval", axis=alt.Axis(format="%")), x2="high:Q",
        tooltip=tips,
    )  # fmt: skip
    points = base.mark_point(size=90, filled=True, color=show.HUES[0], opacity=1).encode(x="value:Q", tooltip=tips)
    st.markdown("**How good matching is, by the random pairs that people decided**")
    show.chart((spans + points).properties(height=40 + 30 * rows.height))
    last = told.row(0, named=True)
    st.caption(
        f"Of the match model {show.short(last['model'])}, sampled last on {show.when(last['at'])}; "
        f"{told.filter(measure='recall')['decided'].sum():,} pairs decided. Recall is of pairs that were compared at all."
    )


def _pair(row: dict[str, Any]) -> None:
    names = f"{row['left_supplier']}/{row['left_sku']}", f"{row['right_supplier']}/{row['right_sku']}"
    with st.container(border=True):
        sure = "not told" if row["probability"] is None else f"{row['probability']:.1%}".replace("%", " %")
        st.markdown(f"**{sure}** likely to be one product · {STATES[row['state']]} · review `{row['id']}`")
        left, right = st.columns([1, 1], gap="large")
        rows = [
            {"": field, show.plain(names[0]): _cell(mine, other), show.plain(names[1]): _cell(other, mine)}
            for field in FIELDS
            for mine, other in [(row[f"left_{field}"], row[f"right_{field}"])]
            if mine is not None or other is not None
        ]
        with left:
            st.table(rows, border="horizontal", hide_index=True)
        with right:
            if row["evidence"] is None:
                st.markdown("Its evidence was too weak to be written down. All of it tells")
                st.code(f"aios matches explain {names[0]} {names[1]}", language="bash")
            else:
                show.chart(_waterfall(row))
                st.caption(f"What would change it: {row['tipping']}.")
        if row["verdict"]:
            when = show.when(row["at"])
            st.markdown(f"**{show.plain(row['by'])}** said **{row['verdict']}** on {when}: {show.plain(row['why'])}")
        if row["conflict"]:
            st.markdown(f":red[It does not stand:] {show.plain(row['conflict'])}")
        st.code(f"aios review decide {row['id']} same|different|unsure --by NAME --why TEXT", language="bash")


def _cell(mine: str | None, other: str | None) -> str:
    """A value, bold where the other record says something else."""
    if mine is None:
        return ":gray[none]"
    text = show.plain(mine if len(mine) <= 160 else mine[:159] + "…")
    return text if other is None or mine.casefold() == other.casefold() else f"**{text}**"


def _waterfall(row: dict[str, Any]) -> Any:
    """From where a pair starts, by what each evidence adds, to where it ends."""
    parts: list[tuple[str, float]] = [("before any evidence", row["start"])]
    parts += [
        (words, float(weight))
        for weight, _, words in (part.partition(" ") for part in row["evidence"].split("; ") if part)
    ]
    parts += [("all that is smaller", row["rest"])]
    bars, at = [], 0.0
    for words, weight in parts:
        bars.append((words, at, at + weight, weight, "for" if weight >= 0 else "against"))
        at += weight
    bars.append(("together", 0.0, at, at, "for" if at >= 0 else "against"))
    schema = {"what": pl.String, "from": pl.Float64, "to": pl.Float64, "adds": pl.Float64, "side": pl.String}
    rows = pl.DataFrame(bars, schema=schema, orient="row")
    sides = alt.Scale(domain=["for", "against"], range=[show.GOOD, show.BAD])
    axis = alt.Axis(labelLimit=320, labelOverlap=False)
    drawn = alt.Chart(rows).encode(y=alt.Y("what:N", sort=rows["what"].to_list(), title=None, axis=axis))
    bar = drawn.mark_bar(size=13).encode(
        x=alt.X("from:Q", title="log-odds that the two are one product"), x2="to:Q",
        color=alt.Color("side:N", scale=sides, legend=None),
        tooltip=["what:N", alt.Tooltip("adds:Q", format="+.1f")],
    )  # fmt: skip
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]})).mark_rule(color=show.QUIET).encode(x="zero:Q")
    return (zero + bar).properties(height=60 + 26 * rows.height)

"""Matches: how sure it is which records are one product, the doubtful first, with what speaks for and against."""

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards import reading, show
from dashboards.views import reviewed

FIELDS = ("title", "brand", "model", "gtin", "price", "currency", "category")
PAIRS = 5
"""Pairs on a page: each is read, not skimmed."""

WORDS = {
    "certain": "merged, certain",
    "likely": "merged, likely",
    "review": "doubtful: for a person",
    "apart": "kept apart",
    "same": "merged by a person",
    "different": "parted by a person",
}
BY_PEOPLE = frozenset({"same", "different"})
COLOUR = {"certain": show.GOOD, "likely": show.FAIR, "review": show.DOUBT, "apart": show.QUIET,
          "same": show.HUES[0], "different": show.HUES[2]}  # fmt: skip


def page() -> None:
    """Draws the page."""
    shares = reading.ask(decided, ("matches",))
    if shares is None or shares.is_empty():
        show.empty("Nothing has been matched yet.")
        return
    sizes = reading.ask(clusters, ("matches",))
    _head(shares, sizes)
    _plots(shares, sizes)
    reviewed.section()
    _pairs(shares)
    _clusters(sizes)


def decided(matches: pl.LazyFrame) -> pl.LazyFrame:
    """Records by what was decided of their likeliest pair."""
    return matches.group_by("decision").agg(pl.len().cast(pl.Int64).alias("records")).sort("decision")


def clusters(matches: pl.LazyFrame) -> pl.LazyFrame:
    """Products by how many records they have."""
    return (
        matches.group_by("members")
        .agg(pl.col("product").n_unique().cast(pl.Int64).alias("products"), pl.len().cast(pl.Int64).alias("records"))
        .sort("members")
    )


def pairs(matches: pl.LazyFrame, decision: str) -> pl.LazyFrame:
    """The likeliest pair of each record with that decision, each pair once, the least sure first."""
    key = pl.concat_str([pl.min_horizontal(_name("supplier", "sku"), _name("other_supplier", "other_sku")), pl.lit("\n"),
                         pl.max_horizontal(_name("supplier", "sku"), _name("other_supplier", "other_sku"))])  # fmt: skip
    return (
        matches.filter((pl.col("decision") == decision) & pl.col("other_sku").is_not_null())
        .with_columns(key.alias("pair"), (pl.col("probability") - 0.5).abs().alias("sure"))
        .sort("sure", "supplier", "sku")
        .unique("pair", keep="first", maintain_order=True)
        .select("supplier", "sku", "other_supplier", "other_sku", "probability", "evidence", "product")
    )


def counted(matches: pl.LazyFrame, decision: str) -> pl.LazyFrame:
    """How many such pairs there are."""
    return pairs(matches, decision).select(pl.len().alias("pairs"))


def beside(matches: pl.LazyFrame, products: pl.LazyFrame, decision: str, start: int) -> pl.LazyFrame:
    """Some of these pairs, with what both records say."""
    told = products.select("supplier", "sku", *(pl.col(field).cast(pl.String) for field in FIELDS)).with_columns(
        pl.col("price").str.replace(r"(\.\d\d)0+$", "$1")
    )
    others = told.rename({name: f"other_{name}" for name in ("supplier", "sku", *FIELDS)})
    return (
        pairs(matches, decision)
        .slice(start, PAIRS)
        .join(told, on=["supplier", "sku"], how="left", maintain_order="left")
        .join(others, on=["other_supplier", "other_sku"], how="left", maintain_order="left")
    )


def largest(matches: pl.LazyFrame) -> pl.LazyFrame:
    """Products of more than one record, those with a doubtful record first, then the largest."""
    doubt = (pl.col("decision") == "review").sum().cast(pl.Int64)
    return (
        matches.filter(pl.col("members") > 1)
        .group_by("product")
        .agg(
            pl.col("members").first(),
            pl.col("supplier").n_unique().cast(pl.Int64).alias("suppliers"),
            doubt.alias("doubtful"),
            pl.col("probability").min().alias("least"),
            _name("supplier", "sku").sort().head(8).str.join(", ").alias("records"),
        )
        .sort("doubtful", "members", "product", descending=[True, True, False])
    )


def _name(supplier: str, sku: str) -> pl.Expr:
    return pl.concat_str(pl.col(supplier), pl.lit("/"), pl.col(sku))


def _head(shares: pl.DataFrame, sizes: pl.DataFrame | None) -> None:
    count = dict(shares.iter_rows())
    records = sum(count.values())
    products = int(sizes["products"].sum()) if sizes is not None else 0
    about = "records by their likeliest pair"
    show.figures(
        ("Records", f"{records:,}", "of all suppliers, as published"),
        ("Golden products", f"{products:,}", "what those records are, once the sure pairs are merged"),
        *(
            (
                f"{name.capitalize()}, {share(count.get(name, 0) / records)}",
                f"{count.get(name, 0):,}",
                f"{about}: {words}",
            )
            for name, words in WORDS.items()
            if name not in BY_PEOPLE
        ),
    )


def share(part: float) -> str:
    """A share or a probability in words: never a hundred percent of what is not certain."""
    return (
        "over 99.9 %" if 0.999 < part < 1 else "under 0.1 %" if 0 < part < 0.001 else f"{part:.1%}".replace("%", " %")
    )


def _plots(shares: pl.DataFrame, sizes: pl.DataFrame | None) -> None:
    left, right = st.columns(2)
    names = [name for name in WORDS if name in set(shares["decision"])]
    with left:
        st.subheader("What was decided")
        show.chart(
            alt.Chart(shares)
            .mark_bar()
            .encode(
                x=alt.X("records:Q", title="Records"),
                y=alt.Y("decision:N", sort=names, title=None, axis=alt.Axis(labelOverlap=False)),
                color=alt.Color(
                    "decision:N", scale=alt.Scale(domain=names, range=[COLOUR[name] for name in names]), legend=None
                ),
                tooltip=["decision:N", alt.Tooltip("records:Q", format=",")],
            )
            .properties(height=180)
        )
    with right:
        st.subheader("Records in a product")
        if sizes is not None:
            show.chart(
                alt.Chart(sizes)
                .mark_bar(color=show.COLOURS[0])
                .encode(
                    x=alt.X("members:O", title="Records in the product", axis=alt.Axis(labelAngle=0)),
                    y=alt.Y("products:Q", title="Products"),
                    tooltip=["members:Q", alt.Tooltip("products:Q", format=","), alt.Tooltip("records:Q", format=",")],
                )
                .properties(height=180)
            )


def _pairs(shares: pl.DataFrame) -> None:
    st.subheader("Pairs, the least sure first")
    present = [
        name
        for name in ("review", "likely", "certain", "apart", "same", "different")
        if name in set(shares["decision"])
    ]
    chosen = st.segmented_control(
        "Decision",
        present,
        default=present[0],
        format_func=lambda name: f"{name}: {WORDS[name]}",
        label_visibility="collapsed",
        key="decision",
    )
    decision = chosen or present[0]
    total = reading.ask(counted, ("matches",), decision)
    count = total.item() if total is not None else 0
    if not count:
        st.markdown("There is no such pair.")
        return
    pages = -(-count // PAIRS)
    at = show.turned(pages, f"pairs-{decision}", f"{count:,} pairs") if pages > 1 else 1
    found = reading.ask(beside, ("matches", "products"), decision, (at - 1) * PAIRS)
    if found is None:
        st.markdown("The products are not published, so the pairs cannot be shown.")
        return
    for pair in found.iter_rows(named=True):
        _pair(pair)


def _pair(pair: dict[str, Any]) -> None:
    names = f"{pair['supplier']}/{pair['sku']}", f"{pair['other_supplier']}/{pair['other_sku']}"
    with st.container(border=True):
        st.markdown(f"**{share(pair['probability'])}** likely to be one product")
        left, right = st.columns([1, 1], gap="large")
        rows = [
            {"": field, show.plain(names[0]): _cell(one, other), show.plain(names[1]): _cell(other, one)}
            for field in FIELDS
            for one, other in [(pair[field], pair[f"other_{field}"])]
            if one is not None or other is not None
        ]
        with left:
            st.table(rows, border="horizontal", hide_index=True)
        with right:
            show.chart(_evidence(str(pair["evidence"])))


def _cell(one: str | None, other: str | None) -> str:
    """A value, bold where the other record says something else."""
    if one is None:
        return ":gray[none]"
    same = other is None or one.casefold() == other.casefold()
    return show.plain(one) if same else f"**{show.plain(one)}**"


def _evidence(told: str) -> Any:
    """What speaks for and against, as bars: the sentence is `+2.9 the same spelling; -0.2 prices apart`."""
    parts = [part.strip().partition(" ") for part in told.split(";") if part.strip()]
    rows = pl.DataFrame(
        [(words, float(weight), "for" if float(weight) >= 0 else "against") for weight, _, words in parts],
        schema={"what": pl.String, "weight": pl.Float64, "side": pl.String},
        orient="row",
    )
    sides = alt.Scale(domain=["for", "against"], range=[show.GOOD, show.BAD])
    words = alt.Axis(labelLimit=320, labelOverlap=False)
    return (
        alt.Chart(rows)
        .mark_bar(size=13)
        .encode(
            x=alt.X("weight:Q", title="speaks against  ·  speaks for"),
            y=alt.Y("what:N", sort=rows["what"].to_list(), title=None, axis=words),
            color=alt.Color("side:N", scale=sides, legend=None),
            tooltip=["what:N", "weight:Q"],
        )
        .properties(height=60 + 26 * rows.height)
    )


def _clusters(sizes: pl.DataFrame | None) -> None:
    st.subheader("Products of several records")
    if sizes is None or sizes.filter(pl.col("members") > 1).is_empty():
        st.markdown("No two records are one product yet: no pair is certain.")
        return
    found = reading.ask(largest, ("matches",))
    if found is not None:
        show.paged(
            found,
            "clusters",
            {
                "product": "Product",
                "members": st.column_config.NumberColumn("Records"),
                "suppliers": st.column_config.NumberColumn("Suppliers"),
                "doubtful": st.column_config.NumberColumn("Doubtful records"),
                "least": st.column_config.NumberColumn("Least sure pair", format="percent"),
                "records": "Which (up to 8)",
            },
        )

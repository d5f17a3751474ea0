"""Product: one product in full: its records beside each other, what stands and whose word it is, who lost and by what."""

from typing import Any, Final

import polars as pl
import streamlit as st

from dashboards import reading, show

FIELDS: Final = ("title", "description", "brand", "model", "gtin", "price", "currency", "category", "image")
SHOWN: Final = 50
"""Products in the list to choose from."""

BESIDE: Final = 5
"""Records beside each other; more are a page further."""

LONG: Final = 160
"""Characters of a value that are shown."""

DECIDED: Final = {
    "only": "one record says anything",
    "all agree": "all agree",
    "agreement": "more suppliers say so",
    "trust": "a supplier of more trust",
    "completeness": "it says more",
    "recency": "it is newer",
    "confidence": "it was read more surely",
    "named": "its own title names it",
    "names": "only the alphabet told them apart",
}
LOST: Final = {
    "agreement": "fewer suppliers say so",
    "trust": "its supplier is trusted less",
    "completeness": "it says less",
    "recency": "it is older",
    "confidence": "it was read less surely",
    "named": "its own title does not name it",
    "names": "by the alphabet only: nothing else told them apart",
}
SURE: Final = {
    "certain": "certain",
    "likely": "likely",
    "review": "in doubt",
    "apart": "by way of others",
    "same": "by a person",
    "different": "by way of others",
}
"""What a record of a product is to its likeliest other; a record that is apart from that one came by another."""


def draw(picked: str | None) -> None:
    """Draws the product that is searched for, or the one picked in the list of conflicts."""
    st.subheader("One product")
    left, right = st.columns(2)
    typed = left.text_input(
        "Find", key="find", placeholder=picked or "SUPPLIER/SKU, a product's id, or words of a title"
    )
    options = reading.ask(found, ("matches", "products", "conflicts"), typed.strip() or picked or "")
    if options is None:
        st.markdown("Records, matches and conflicts are not all published yet.")
        return
    if options.is_empty():
        _none(typed.strip())
        return
    names: dict[str, Any] = {row["product"]: _label(row) for row in options.iter_rows(named=True)}
    about = "Product" if options.height < SHOWN else f"Product (the first {SHOWN}; write more to find others)"
    product = right.selectbox(about, list(names), format_func=names.__getitem__, key="product")
    if product is not None:
        _product(product)


def found(matches: pl.LazyFrame, products: pl.LazyFrame, conflicts: pl.LazyFrame, text: str) -> pl.LazyFrame:
    """Products that have the text in their id, in SUPPLIER/SKU or in a title; the worst conflict first, then the largest.

    Without a text those of several records.
    """
    bad = conflicts.group_by("product").agg(pl.col("severity").max())
    titles = products.select("supplier", "sku", "title")
    rows = matches.select("product", "supplier", "sku", "members").join(titles, on=["supplier", "sku"], how="left")
    asked = pl.concat_str("product", _name(), pl.col("title").fill_null(""), separator="\n").str.to_lowercase()
    hit = asked.str.contains(text.lower(), literal=True) if text else pl.col("members") > 1
    exact = (_name() == text).any()
    return (
        rows.filter(hit)
        .sort("supplier", "sku")
        .group_by("product", maintain_order=True)
        .agg(pl.col("members").first(), pl.col("title").drop_nulls().first(), exact.alias("exact"))
        .join(bad, on="product", how="left")
        .sort("exact", "severity", "members", "product", descending=[True, True, True, False], nulls_last=True)
        .head(SHOWN)
    )


def members(matches: pl.LazyFrame, products: pl.LazyFrame, product: str) -> pl.LazyFrame:
    """The records of a product with what each says."""
    told = products.select("supplier", "sku", *(pl.col(field).cast(pl.String) for field in FIELDS))
    return (
        matches.filter(pl.col("product") == product)
        .select("supplier", "sku", "decision", "probability")
        .join(told, on=["supplier", "sku"], how="left")
        .with_columns(_plain_price("price"))
        .sort("supplier", "sku")
    )


def stands(golden: pl.LazyFrame, product: str) -> pl.LazyFrame:
    """What stands of a product, the values that are contradicted most first, then as fields come."""
    order = pl.col("field").replace_strict({name: at for at, name in enumerate(FIELDS)}, default=len(FIELDS))
    return (
        golden.filter(pl.col("product") == product)
        .with_columns(pl.when(pl.col("field") == "price").then(_plain_price("value")).otherwise("value").alias("value"))
        .sort(-pl.col("severity").fill_null(0), order, "field", "locale")
        .select(
            "field",
            "locale",
            "value",
            _name().alias("record"),
            "agree",
            "differ",
            worded("decided_by", DECIDED, "by the winner of {}").alias("why"),
            "severity",
        )
    )


def lost(golden: pl.LazyFrame, product: str) -> pl.LazyFrame:
    """Who said something else of a product, and what each lost by, the worst first."""
    said = pl.col("others").struct
    return (
        golden.filter((pl.col("product") == product) & pl.col("others").is_not_null())
        .select("field", "locale", pl.col("severity"), others())
        .explode("others")
        .select(
            "field",
            said.field("value").alias("value"),
            pl.format("{}/{}", said.field("supplier"), said.field("sku")).alias("record"),
            worded(said.field("lost"), LOST, "its {} is not the one that stands").alias("why"),
            "severity",
        )
        .sort(-pl.col("severity"), "field", "record", "value")
    )


def others() -> pl.Expr:
    """What other records say: a list of structs supplier, sku, value, lost."""
    each = pl.Struct(dict.fromkeys(("supplier", "sku", "value", "lost"), pl.String))
    return pl.col("others").str.json_decode(pl.List(each))


def worded(criterion: str | pl.Expr, words: dict[str, str], beside: str) -> pl.Expr:
    """A criterion in words; `with FIELD` names its field."""
    told = pl.col(criterion) if isinstance(criterion, str) else criterion
    field = told.str.strip_prefix("with ")
    return pl.when(told.str.starts_with("with ")).then(pl.format(beside, field)).otherwise(told.replace(words))


def _name() -> pl.Expr:
    return pl.concat_str("supplier", pl.lit("/"), "sku")


def _plain_price(column: str) -> pl.Expr:
    return pl.col(column).str.replace(r"(\.\d\d)0+$", "$1")


def _none(typed: str) -> None:
    if typed:
        st.markdown(f"No product has **{show.plain(typed)}** in its id, its records' names or their titles.")
        return
    st.markdown("No two records are one product yet, so nothing is to be decided between them.")
    st.markdown("A pair that is one product all the same is merged by")
    st.code("aios matches merge SUPPLIER/SKU SUPPLIER/SKU --by NAME --why TEXT && aios matches apply", language="bash")


def _label(row: dict[str, Any]) -> str:
    several = f"{row['members']:,} record{'s' if row['members'] != 1 else ''}"
    title = row["title"] or "without a title"
    worst = "" if row["severity"] is None else f" · conflict {row['severity']:.2f}"
    return f"{title if len(title) <= 70 else title[:69] + '…'} · {several}{worst} · {row['product']}"


def _product(product: str) -> None:
    records = reading.ask(members, ("matches", "products"), product)
    golden = reading.ask(stands, ("golden",), product)
    if records is None or golden is None:
        st.markdown("Its records are not published.")
        return
    if golden.is_empty():
        st.markdown("One record is this product: its values stand as they are, and nothing was to be decided.")
    beaten = reading.ask(lost, ("golden",), product)
    with st.container(border=True):
        _beside(records, golden, beaten)
    if not golden.is_empty():
        _stands(golden, beaten)
    st.markdown("Down to the lines of the delivered files, with what was decided and when:")
    st.code(f"aios trace {product}", language="bash")


def _beside(records: pl.DataFrame, golden: pl.DataFrame, beaten: pl.DataFrame | None) -> None:
    pages = -(-records.height // BESIDE)
    at = show.turned(pages, "beside", f"{records.height:,} records") if pages > 1 else 1
    rows = records.slice((at - 1) * BESIDE, BESIDE).to_dicts()
    wins = set(golden.select("field", "record").iter_rows())
    against = beaten.filter(pl.col("severity") > 0) if beaten is not None else golden.head(0)
    loses = set(against.select("field", "record").iter_rows())
    table = [
        {"": field, **{_head_of(row): _cell(row, field, wins, loses) for row in rows}}
        for field in FIELDS
        if any(row[field] is not None for row in rows)
    ]
    st.table(table, border="horizontal", hide_index=True)
    if not golden.is_empty():
        st.caption("Green stands, orange contradicts it; what is neither agrees, or differs too little to contradict.")


def _head_of(row: dict[str, Any]) -> str:
    name = show.plain(f"{row['supplier']}/{row['sku']}")
    return name if row["probability"] is None else f"{name} :gray[{SURE.get(row['decision'], '')}]"


def _cell(row: dict[str, Any], field: str, wins: set[tuple[Any, ...]], loses: set[tuple[Any, ...]]) -> str:
    if row[field] is None:
        return ":gray[none]"
    text, here = show.plain(_cut(row[field])), (field, f"{row['supplier']}/{row['sku']}")
    return f":green[**{text}**]" if here in wins else f":orange[{text}]" if here in loses else text


def _cut(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def _stands(golden: pl.DataFrame, beaten: pl.DataFrame | None) -> None:
    st.markdown("**What stands, and whose word it is**")
    st.table([_told(row) for row in golden.iter_rows(named=True)], border="horizontal", hide_index=True)
    st.markdown("**Who lost, and by what**")
    if beaten is None or beaten.is_empty():
        st.markdown("Nobody: every record that says anything says the same.")
        return
    show.paged(
        beaten,
        "lost",
        {
            "field": "Field",
            "value": st.column_config.TextColumn("Said", width="large"),
            "record": "Record",
            "why": "Lost because",
            "severity": st.column_config.NumberColumn("Severity", format="%.2f", width="small"),
        },
    )


def _told(row: dict[str, Any]) -> dict[str, str]:
    bad = row["severity"] or 0
    return {
        "Field": show.plain(row["field"]),
        "Language": "" if row["locale"] == "und" else row["locale"],
        "Stands": show.plain(_cut(row["value"])),
        "Taken from": show.plain(row["record"]),
        "Say so": f"{row['agree']:,}",
        "Say otherwise": f"{row['differ']:,}",
        "Why": show.plain(row["why"]),
        "Severity": f":orange[{bad:.2f}]" if bad else "no conflict" if row["differ"] else "",
    }

"""Match model: what matching learns from the whole catalogue, pinned, so that a change of one row changes one row."""

import base64

import polars as pl

from aios_assets.enrich.matching import learn
from aios_assets.stage import Changes, table_stage
from policies.contract import Column, Contract

READ = ("products.title", "products.description", "products.brand", "products.model", "products.gtin", "products.price")
GROWN = 0.2
"""Share by which the catalogue must have grown or shrunk before it is learned again: a model is pinned to be held."""

MATCH_MODEL = Contract(
    key="name",
    columns=(
        Column("name", pl.String, reads=("products.supplier",), about="the only row is called `matching`"),
        Column("digest", pl.String, reads=READ, tags={"digest"}, about="SHA-256 of the artefact, hex"),
        Column("artefact", pl.String, reads=READ, tags={"digest"}, about="the model, base64"),
        Column("records", pl.Int64, reads=("products.supplier",), about="records it was learned from"),
        Column("suppliers", pl.String, reads=("products.supplier",), about="suppliers it was learned from"),
    ),
    tags=frozenset({"model"}),
)


@table_stage(MATCH_MODEL)
def match_model(products: pl.LazyFrame, changes: Changes) -> pl.DataFrame:
    """What matching learned from the whole catalogue; learned again when suppliers change or a fifth of the rows does."""
    records = products.collect()
    suppliers = ", ".join(sorted(records["supplier"].unique()))
    held = changes.previous
    if held is not None and held.height:
        before = held.row(0, named=True)
        if before["suppliers"] == suppliers and abs(records.height - before["records"]) <= GROWN * before["records"]:
            return held
    model = learn(records)
    return pl.DataFrame(
        {
            "name": ["matching"],
            "digest": [model.digest],
            "artefact": [base64.b64encode(model.to_bytes()).decode()],
            "records": [records.height],
            "suppliers": [suppliers],
        }
    )

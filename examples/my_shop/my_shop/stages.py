"""Colour: the catalogue colour of each record, read from its title."""

import polars as pl

from aios_assets.stage import row_stage
from policies.contract import Column, Contract, in_set
from serving.gateway import Gateway

PALETTE = ("black", "blue", "brown", "green", "grey", "red", "silver", "white", "yellow")

COLOUR = Contract(
    key=("supplier", "sku"),
    columns=(
        Column("supplier", pl.String, reads=("supplier",)),
        Column("sku", pl.String, reads=("sku",)),
        Column("colour", pl.String, reads=("title",), tags={"enriched"}, answered=True, null="the title names none"),
    ),
    expects=(in_set("colour", PALETTE),),
)


@row_stage(COLOUR, owner="team:my-shop")
def colour(products: pl.DataFrame, models: Gateway) -> pl.DataFrame:
    """The colour that each record's title names; a title that names none has none."""
    answers = models.ask("extract/colour", products.select("supplier", "sku", "title"))
    return products.select("supplier", "sku").with_columns(answers.column("colour"))

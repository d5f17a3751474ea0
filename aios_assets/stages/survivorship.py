"""Survivorship: the policy in force about whose word counts, as a table: what decides by field, trust by supplier."""

import polars as pl

from aios_assets.enrich.survivorship import Survivorship
from aios_assets.stage import table_stage
from policies.contract import Column, Contract, between, in_set

SURVIVORSHIP = Contract(
    key=("about", "name"),
    columns=(
        Column("about", pl.String, about="field or supplier"),
        Column("name", pl.String, about="a field's name, attribute:* for every attribute, * for all else; or a supplier's"),
        Column("criteria", pl.String, null="it is about a supplier", about="in the order in which they are asked"),
        Column("weight", pl.Float64, null="it is about a supplier", about="how bad a disagreement is, 0 to 1; 0 is wording"),
        Column("tolerance", pl.Float64, null="it is about a supplier", about="share by which two numbers may differ"),
        Column("shown", pl.Int64, null="a channel shows all of it", about="characters of it that count"),
        Column("trust", pl.Float64, null="it is about a field", about="how far the supplier's word goes, 0 to 1"),
    ),
    expects=(in_set("about", ["field", "supplier"]), between("trust", 0, 1), between("weight", 0, 1)),
    tags=frozenset({"policy"}),
)  # fmt: skip


@table_stage(SURVIVORSHIP)
def survivorship(survival: Survivorship) -> pl.DataFrame:
    """Whose word counts where records of one product differ: the criteria of each field, the trust in each supplier."""
    return survival.frame()

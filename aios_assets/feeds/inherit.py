"""Inheritance: rows that leave to another row what they share with it, as variants do of a product in shops' exports.

In one kind the rows of a product follow each other and bear its name in one column (`Handle`), and only the first says title
and brand; in the other a column of the variant names its parent's (`Parent` is the parent's `SKU`). A row takes from its
parent what it leaves empty itself, and keeps which line that was.
"""

import re
from dataclasses import dataclass, field

import polars as pl

from aios_assets.feeds.batch import LINE, PLACE
from aios_assets.feeds.mapping import Inherit, Mapping

REACH = 100_000
"""Rows behind its parent that a row may stand; what is farther is not looked for, so that memory stays bounded."""

LENT_LINE, LENT_DIGEST = "lent_line", "lent_digest"
LENT = (LENT_LINE, LENT_DIGEST)
"""Columns that say which row lent a row something: null where none did."""
_AT, _KEY = "_at", "_key"
_PICTURE = re.compile(r"(?i)image|picture|photo|\bbild|zdj[eę]c|\bimg|imagen|imagem|immagin|afbeelding|foto")


@dataclass
class Lender:
    """Fills what rows leave to their parents, batch by batch."""

    mapping: Mapping
    _parents: pl.DataFrame = field(default_factory=pl.DataFrame)
    _seen: int = 0

    def take(self, rows: pl.DataFrame, digests: pl.Series | None = None) -> pl.DataFrame:
        """The rows in their order, with `lent_line` and `lent_digest` of the row that lent them something (else null).

        `digests` are those of the rows' raw bytes.
        """
        said = self.mapping.inherit
        digest = pl.Series(LENT_DIGEST, digests, dtype=pl.String) if digests is not None else pl.lit(None, pl.String)
        if said is None:
            return rows.with_columns(
                pl.lit(None, pl.Int64).alias(LENT_LINE), pl.lit(None, pl.String).alias(LENT_DIGEST)
            )
        columns = [name for name in self.mapping.lent() if name in rows.columns]
        numbered = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(_AT) + self._seen)
        self._seen += rows.height
        own = numbered.select(
            _named(said).alias(_KEY), *columns, _AT, pl.col(LINE).alias(LENT_LINE), digest.alias(LENT_DIGEST)
        ).drop_nulls(_KEY)
        parents = pl.concat([self._parents, own]) if self._parents.width else own
        parents = parents.unique(_KEY, keep="first", maintain_order=True)
        lent = numbered.with_columns(_asked(said).alias(_KEY)).join(
            parents, on=_KEY, how="left", suffix="_parent", maintain_order="left"
        )
        near = (pl.col(_AT) > pl.col(f"{_AT}_parent")) & (pl.col(_AT) - pl.col(f"{_AT}_parent") <= REACH)
        empty = {name: pl.col(name).is_null() & pl.col(f"{name}_parent").is_not_null() & near for name in columns}
        took = pl.any_horizontal(empty.values()) if empty else pl.lit(value=False)
        self._parents = parents.filter(pl.col(_AT) > self._seen - REACH)
        return lent.select(
            *(
                pl.when(empty[name]).then(pl.col(f"{name}_parent")).otherwise(name).alias(name)
                if name in empty
                else name
                for name in rows.columns
            ),
            pl.when(took).then(LENT_LINE).alias(LENT_LINE),
            pl.when(took).then(LENT_DIGEST).alias(LENT_DIGEST),
        )


def pictures(rows: pl.DataFrame, by: str) -> pl.Series:
    """Which rows hold a further picture of their product and nothing else."""
    others = [name for name in rows.columns if name not in (by, *PLACE) and not _PICTURE.search(name)]
    shown = [name for name in rows.columns if name not in (by, *PLACE) and _PICTURE.search(name)]
    if not shown or not others:
        return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
    bare = pl.all_horizontal(pl.col(others).is_null()) & pl.any_horizontal(pl.col(shown).is_not_null())
    return rows.select(bare & pl.col(by).is_not_null()).to_series()


def _named(said: Inherit) -> pl.Expr:
    """What a row that may be a parent is asked for by; null where it is none."""
    return pl.when(_filled(said.by).is_null()).then(_filled(said.of)) if said.of else _filled(said.by)


def _asked(said: Inherit) -> pl.Expr:
    """Which parent a row asks for."""
    return _filled(said.by).str.replace(r"^id:\s*", "") if said.of else _filled(said.by)


def _filled(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)

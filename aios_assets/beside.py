"""Records as people see them: what two records say side by side, now or in a version that was looked at before."""

from collections.abc import Iterable, Mapping

import polars as pl

from aios_assets.enrich.matching.contradict import Pair, Record
from aios_assets.errors import SettingsError
from aios_assets.lake import Lake
from aios_assets.reviews import FIELDS, review_id

Values = Mapping[str, str | None]
"""What a record says, by field (FIELDS)."""


class Beside:
    """One lake's records, two by two."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def values(self, records: Iterable[Record], version: int | None = None) -> Mapping[Record, Values]:
        """What these records say, at a version of `products` (None: as published); a record that is not there is left out."""
        wanted = pl.DataFrame(sorted(set(records)), schema={"supplier": pl.String, "sku": pl.String}, orient="row")
        if self._lake.state("products") is None or wanted.is_empty():
            return {}
        fields = [pl.col(field).cast(pl.String) for field in FIELDS]
        rows = self._lake.scan("products", version).select("supplier", "sku", *fields)
        found = rows.join(wanted.lazy(), on=["supplier", "sku"], how="semi").collect()
        return {(row.pop("supplier"), row.pop("sku")): row for row in found.iter_rows(named=True)}

    def pair_of(self, name: str) -> Pair:
        """The pair that a review's ID, of whatever version, is about. Raises SettingsError for an ID that is none."""
        stem = name.partition("-")[0]
        for version in self._versions():
            rows = self._rows(version).filter(pl.col("id").str.starts_with(stem + "-")).collect()
            if rows.height:
                row = rows.row(0, named=True)
                return (row["left_supplier"], row["left_sku"]), (row["right_supplier"], row["right_sku"])
        raise SettingsError(
            f"review {name}", "no pair is called so", "copy the ID as `aios review list` tells it, in full"
        )

    def changes(self, pair: Pair, seen: str) -> list[str]:
        """What both records say otherwise than in the version that was seen, in words."""
        now = self.values(pair)
        before = self._as_seen(pair, seen)
        if not before:
            return ["that version is not kept any more"]
        return [
            f"{'/'.join(record)} {field}: was {_quoted(before[record].get(field))}, "
            f"is {_quoted(now[record][field]) if record in now else 'gone'}"
            for record in pair
            for field in FIELDS
            if before.get(record, {}).get(field) != (now[record][field] if record in now else None)
        ]

    def _as_seen(self, pair: Pair, seen: str) -> Mapping[Record, Values]:
        """The records as they were when the pair was called so."""
        name, state = review_id(pair, seen), self._lake.state("reviews")
        for version in self._versions():
            if state and self._rows(version).filter(pl.col("id") == name).head(1).collect().height:
                told = self._lake.tables.decision(state.history[version].permit)
                inputs = told[1].inputs if told else ()
                read = next((one.version for one in inputs if one.name == "products"), None)
                return self.values(pair, read) if read is not None else {}
        return {}

    def _versions(self) -> list[int]:
        """The versions of `reviews` that can be read, the latest first."""
        state = self._lake.state("reviews")
        return sorted((v for v, told in state.history.items() if not told.lost), reverse=True) if state else []

    def _rows(self, version: int) -> pl.LazyFrame:
        return self._lake.scan("reviews", version)


def _quoted(value: str | None) -> str:
    return "empty" if value is None else f"“{value if len(value) <= 80 else value[:79] + '…'}”"

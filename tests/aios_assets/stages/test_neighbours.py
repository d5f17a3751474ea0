"""Neighbours: what the table keeps is all that a later run needs to end like a run that keeps nothing."""

import base64
from importlib import import_module

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from aios_assets.enrich.matching import learn
from aios_assets.stage import Changes
from aios_assets.stages.match_labels import PAIR
from aios_assets.stages.neighbours import NEIGHBOURS, neighbours

THINGS = ("kettle", "lamp", "printer", "router", "camera", "toaster", "speaker")
COLOURS = ("black", "white", "red")


def catalogue() -> pl.DataFrame:
    """Two suppliers with the same hundred and fifty products, the other's without its last word."""
    said = [f"acme {THINGS[n % 7]} {COLOURS[n % 3]} mx{n * 37 % 1000}b series {n}" for n in range(150)]
    rows = [("north", f"N{n}", title, f"{10 + n}.00") for n, title in enumerate(said)]
    rows += [("south", f"S{n}", title.rsplit(" ", 1)[0], f"{11 + n}.00") for n, title in enumerate(said)]
    return pl.DataFrame(rows, schema=["supplier", "sku", "title", "price"], orient="row")


def labels(*pairs: tuple[str, str, str]) -> pl.DataFrame:
    rows = [("north", one, "south", other, verdict, True) for one, other, verdict in pairs]
    schema = {**dict.fromkeys(PAIR, pl.String), "verdict": pl.String, "stands": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


PEOPLE = (labels(), labels(("N3", "S3", "different"), ("N8", "S9", "same"), ("N4", "S4", "unsure")))


@pytest.mark.parametrize("decided", PEOPLE, ids=["nobody", "people"])
@pytest.mark.parametrize("field", ["price", "title"])
def test_what_it_kept_ends_like_a_run_that_keeps_nothing(decided: pl.DataFrame, field: str) -> None:
    records = catalogue()
    artefact = base64.b64encode(learn(records).to_bytes()).decode()
    model = pl.DataFrame({"name": ["matching"], "artefact": [artefact]})
    first = neighbours(records.lazy(), model.lazy(), PEOPLE[0].lazy(), Changes(None, {}))
    assert first.columns == [column.name for column in NEIGHBOURS.columns]

    hit = pl.int_range(pl.len()) % 40 == 3
    other = pl.lit("99.00") if field == "price" else pl.col("title") + " refurbished"
    after = records.with_columns(pl.when(hit).then(other).otherwise(field).alias(field))
    keys = {"products": after.filter(hit).select("supplier", "sku"), "match_model": model.select("name").head(0),
            "match_labels": decided.select(PAIR)}  # fmt: skip
    part = neighbours(after.lazy(), model.lazy(), decided.lazy(), Changes(first, keys, first))
    full = neighbours(after.lazy(), model.lazy(), decided.lazy(), Changes(None, {}, first))
    assert_frame_equal(part, full, check_row_order=False)
    assert not part.sort(NEIGHBOURS.keys).equals(first.sort(NEIGHBOURS.keys))


def test_nothing_is_looked_up_again_where_a_person_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    records = catalogue()
    artefact = base64.b64encode(learn(records).to_bytes()).decode()
    model = pl.DataFrame({"name": ["matching"], "artefact": [artefact]})
    first = neighbours(records.lazy(), model.lazy(), PEOPLE[0].lazy(), Changes(None, {}))
    keys = {"products": records.select("supplier", "sku").head(0), "match_model": model.select("name").head(0),
            "match_labels": PEOPLE[1].select(PAIR)}  # fmt: skip
    full = neighbours(records.lazy(), model.lazy(), PEOPLE[1].lazy(), Changes(None, {}, first))
    monkeypatch.delattr(import_module("aios_assets.stages.neighbours"), "match")
    monkeypatch.delattr(import_module("aios_assets.enrich.matching.rematch"), "Lookup")
    part = neighbours(records.lazy(), model.lazy(), PEOPLE[1].lazy(), Changes(first, keys, first))
    assert_frame_equal(part, full, check_row_order=False)

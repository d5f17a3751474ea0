"""The example: equal seeds give equal bytes, and its truth is true of its files."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from stdnum import ean
from stdnum import iban as stdnum_iban

from aios_assets.enrich.normalise import identifier, price
from aios_assets.example import ExampleError, ExampleTruth, trouble, write_example

SKUS = 6_000


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> ExampleTruth:
    return write_example(tmp_path_factory.mktemp("example"), skus=SKUS, seed=3)


@pytest.fixture(scope="module")
def lines(example) -> dict[str, list[bytes]]:
    csv, jsonl = (path.read_bytes() for path in example.feeds)
    return {"nordwind": csv.split(b"\n")[:-1], "bluebird": gzip.decompress(jsonl).split(b"\n")[:-1]}


@pytest.fixture(scope="module")
def nordwind(example, lines) -> pl.DataFrame:
    broken = set(example.broken.filter(pl.col("supplier") == "nordwind")["line"])
    good = b"\n".join(line for at, line in enumerate(lines["nordwind"], 1) if at not in broken)
    return pl.read_csv(good, separator=";", infer_schema=False)


@pytest.fixture(scope="module")
def bluebird(example, lines) -> pl.DataFrame:
    broken = set(example.broken.filter(pl.col("supplier") == "bluebird")["line"])
    good = b"\n".join(line for at, line in enumerate(lines["bluebird"], 1) if at not in broken)
    return pl.read_ndjson(good)


def test_equal_seeds_give_equal_bytes(example, tmp_path):
    again = write_example(tmp_path, skus=SKUS, seed=3)
    for ours, theirs in zip(sorted(example.truth.iterdir()), sorted(again.truth.iterdir()), strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
    for ours, theirs in zip(example.feeds, again.feeds, strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
    assert example.pairs.equals(again.pairs)


def test_another_seed_gives_other_bytes(example, tmp_path):
    other = write_example(tmp_path, skus=SKUS, seed=4)
    assert all(a.read_bytes() != b.read_bytes() for a, b in zip(example.feeds, other.feeds, strict=True))


def test_the_truth_stands_apart_from_the_feeds(example):
    assert {path.name for path in example.feeds[0].parent.iterdir()} == {"nordwind.csv", "bluebird.jsonl.gz"}
    assert example.truth.parent == example.feeds[0].parent.parent
    assert {path.name for path in example.truth.iterdir()} == {
        "pairs.csv", "broken.csv", "personal.csv", "secrets.csv", "poisoned.csv",
    }  # fmt: skip


def test_as_many_records_as_were_asked_for(example, nordwind, bluebird):
    assert example.records == {"nordwind": nordwind.height, "bluebird": bluebird.height}
    assert nordwind.height + bluebird.height == SKUS
    assert nordwind["Artikelnummer"].is_unique().all()
    assert bluebird["sku"].is_unique().all()


def test_pairs_name_records_once_and_three_in_ten(example, nordwind, bluebird):
    assert example.pairs.height == round(SKUS * 0.3 / 2)
    assert example.pairs["nordwind"].is_unique().all()
    assert example.pairs["bluebird"].is_unique().all()
    assert example.pairs["nordwind"].is_in(nordwind["Artikelnummer"].implode()).all()
    assert example.pairs["bluebird"].is_in(bluebird["sku"].implode()).all()
    assert pl.read_csv(example.truth / "pairs.csv", infer_schema=False).equals(example.pairs)


def test_pairs_are_the_same_product_and_only_they_share_a_number(example, nordwind, bluebird):
    left = nordwind.select(
        pl.col("Artikelnummer").alias("nordwind"), gtin=identifier.gtin(nordwind["EAN"]).struct.field("value")
    )
    right = bluebird.select(
        pl.col("sku").alias("bluebird"), gtin=identifier.gtin(bluebird["gtin"]).struct.field("value")
    )
    met = left.drop_nulls().join(right.drop_nulls(), on="gtin").select("nordwind", "bluebird")
    assert met.height > example.pairs.height / 3
    assert met.join(example.pairs, on=["nordwind", "bluebird"], how="anti").is_empty()
    models = example.pairs.join(nordwind, left_on="nordwind", right_on="Artikelnummer").join(
        bluebird, left_on="bluebird", right_on="sku"
    )
    keys = models.select(
        a=identifier.model_key(pl.col("Herstellernummer")), b=identifier.model_key(pl.col("mpn"))
    ).drop_nulls()
    assert keys.height > example.pairs.height / 3
    assert (keys["a"] == keys["b"]).all()


def test_check_digits_are_right_but_where_the_supplier_slipped(nordwind, bluebird):
    for column in (nordwind["EAN"], bluebird["gtin"]):
        numbers = column.drop_nulls()
        right = sum(ean.is_valid(number) for number in numbers)
        assert 0.6 < len(numbers) / len(column) < 0.85
        assert 0.93 < right / len(numbers) < 0.99


def test_the_same_number_names_other_things_at_each_supplier(example, nordwind, bluebird):
    shared = set(nordwind["Artikelnummer"]) & set(bluebird["sku"])
    same = example.pairs.filter(pl.col("nordwind") == pl.col("bluebird")).height
    assert len(shared) > 1000
    assert same < len(shared) / 100


def test_prices_are_messy_and_mostly_readable(nordwind, bluebird):
    told = price.read(nordwind["Preis"], convention=price.learn(nordwind["Preis"]))["price"].struct.unnest()
    assert price.learn(nordwind["Preis"]).decimal == ","
    assert 0.9 < told["value"].is_not_null().mean() < 0.98
    assert {"price/absent", "price/zero", "price/from", "price/range", "price/decimal-comma"} <= set(told["by"])
    told = price.read(bluebird["price"], currency=bluebird["currency"])
    assert price.learn(bluebird["price"]).decimal == "."
    assert {"price/scientific", "price/not-a-number", "price/zero"} <= set(told["price"].struct.field("by"))
    assert set(told["currency"].struct.field("value").drop_nulls()) == {"EUR", "PLN"}


@pytest.mark.parametrize("kind", ["personal", "secrets", "poisoned"])
def test_what_slipped_in_stands_where_the_truth_says(example, nordwind, bluebird, kind):
    table: pl.DataFrame = getattr(example, kind)
    texts = {("nordwind", sku): text for sku, text in nordwind.select("Artikelnummer", "Beschreibung").iter_rows()}
    texts |= {("bluebird", sku): text for sku, text in bluebird.select("sku", "description").iter_rows()}
    assert {"nordwind", "bluebird"} == set(table["supplier"])
    for supplier, sku, _, value in table.iter_rows():
        assert value in texts[supplier, sku]
    shares = {"personal": 0.012, "secrets": 0.001, "poisoned": 0.005}
    assert 0.3 < table.height / (SKUS * shares[kind]) < 2


def test_every_kind_of_trouble_is_there(tmp_path):
    told = write_example(tmp_path, skus=20_000)
    assert set(told.poisoned["kind"]) == set(trouble.POISON)
    assert set(told.personal["kind"]) == set(trouble.PERSONAL)
    assert set(told.secrets["kind"]) == {"cloud-key", "payment-key", "forge-token", "password"}
    assert all(stdnum_iban.is_valid(value) for value in told.personal.filter(pl.col("kind") == "iban")["value"])


def test_broken_rows_are_named_by_line(example, lines):
    assert 0.001 < example.broken.height / SKUS < 0.006
    width = lines["nordwind"][0].count(b";")
    for supplier, _, line, kind in example.broken.iter_rows():
        text = lines[supplier][line - 1]
        if supplier == "bluebird":
            assert kind in {
                "duplicate-key",
                "too-deep",
                "lone-surrogate",
                "no-sku",
                "array",
                "not-a-number",
            } or _no_json(text)
        elif kind == "too-few-fields":
            assert text.count(b";") < width
        elif kind == "too-many-fields":
            assert text.count(b";") > width
        else:
            assert {"bad-bytes": b"\xff\xfe", "no-sku": b";", "nul": b"\0"}[kind] in text
            assert text.count(b";") == width


def _no_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


def test_formats_can_be_turned_about(tmp_path):
    told = write_example(tmp_path, skus=500, formats=("jsonl", "csv"))
    assert [path.name for path in told.feeds] == ["nordwind.jsonl.gz", "bluebird.csv"]
    head = told.feeds[1].read_bytes().split(b"\r\n")[0].decode()
    assert "attributes.colour" in head.split(";")


@pytest.mark.parametrize(("skus", "formats"), [(1, ("csv", "jsonl")), (100, ("csv", "xml"))])
def test_what_makes_no_example_is_refused(tmp_path: Path, skus, formats):
    with pytest.raises(ExampleError):
        write_example(tmp_path, skus=skus, formats=formats)
    assert not list(tmp_path.iterdir())

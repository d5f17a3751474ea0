"""Guesses on feeds that nobody here wrote: right, or it stops and asks."""

import random
from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import Delivery, Limits, UnsureError, apply, guess, inspect, load, open_delivery, read
from aios_assets.feeds.looks import is_gtin
from aios_assets.feeds.names import means

DATA = Path(__file__).parents[4] / "shared" / "data"
QUICK = Limits(settle_seconds=0)
PRODUCTS = {
    "walmart_amazon/walmart.csv": {
        "sku": "id",
        "title": "title",
        "price": "price",
        "brand": "brand",
        "model": "modelno",
    },
    "walmart_amazon/amazon.csv": {
        "sku": "id",
        "title": "title",
        "price": "price",
        "brand": "brand",
        "model": "modelno",
    },
    "amazon_google/amazon.csv": {"sku": "id", "title": "title", "price": "price", "brand": "manufacturer"},
    "amazon_google/gp.csv": {"sku": "id", "title": "title", "price": "price", "brand": "manufacturer"},
}
SALES = {
    "sku": "StockCode",
    "title": "Description",
    "price": "UnitPrice",
    "quantity": "Quantity",
    "invoice": "InvoiceNo",
}
GERMAN = {
    "id": "Artikelnummer", "title": "Bezeichnung", "modelno": "Modellnummer", "price": "Preis", "shipweight": "Versandgewicht",
    "brand": "Marke", "dimensions": "Abmessungen", "description": "Beschreibung", "manufacturer": "Hersteller",
    "InvoiceNo": "Rechnungsnummer", "StockCode": "Artikelnummer", "Description": "Beschreibung", "Quantity": "Menge",
    "InvoiceDate": "Rechnungsdatum", "UnitPrice": "Einzelpreis", "CustomerID": "Kundennummer", "Country": "Land",
}  # fmt: skip
POLISH = {
    "id": "Kod produktu", "title": "Nazwa", "modelno": "Numer modelu", "price": "Cena", "shipweight": "Waga wysyłki",
    "brand": "Marka", "dimensions": "Wymiary", "description": "Opis", "manufacturer": "Producent",
    "InvoiceNo": "Numer faktury", "StockCode": "Kod towaru", "Description": "Opis", "Quantity": "Ilość",
    "InvoiceDate": "Data sprzedaży", "UnitPrice": "Cena jednostkowa", "CustomerID": "Numer klienta", "Country": "Kraj",
}  # fmt: skip
shared = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not there")


def sample(name: str) -> tuple[Delivery, pl.DataFrame]:
    delivery = open_delivery(DATA / name, limits=QUICK)
    return delivery, next(read(delivery)).rows


@pytest.mark.shared
@shared
@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("names", [{}, GERMAN, POLISH])
def test_named_columns_are_right(name: str, names: dict[str, str]) -> None:
    delivery, rows = sample(name)
    known = {column: new for column, new in names.items() if column in rows.columns}
    found = guess(delivery, rows.rename(known))
    assert found.doubts == ()
    told = {each.field: each.column for each in found.fields}
    assert {field: told[field] for field in PRODUCTS[name]} == {
        field: known.get(column, column) for field, column in PRODUCTS[name].items()
    }


@pytest.mark.shared
@shared
@pytest.mark.parametrize("name", PRODUCTS)
def test_numbered_columns_are_right_or_asked(name: str) -> None:
    delivery, rows = sample(name)
    numbered = {column: f"c{place}" for place, column in enumerate(delivery.format.columns, 1)}
    found = guess(delivery, rows.rename(numbered))
    told = {each.field: each.column for each in found.fields}
    asked = {doubt.field for doubt in found.doubts}
    for field in ("sku", "title", "price", "brand"):
        assert field in asked or told[field] == numbered[PRODUCTS[name][field]]
    assert told["title"] == numbered[PRODUCTS[name]["title"]]
    assert "sku" in told


@pytest.mark.shared
@shared
@pytest.mark.parametrize("names", [{}, GERMAN, POLISH])
def test_days_of_sales_are_seen_as_sales(names: dict[str, str]) -> None:
    delivery, rows = sample("retail/by_day/2010-12-01.csv")
    known = {column: new for column, new in names.items() if column in rows.columns}
    found = guess(delivery, rows.rename(known))
    told = {each.field: each.column for each in found.fields}
    assert found.kind == "sales"
    assert found.doubts == ()
    assert {field: told[field] for field in SALES} == {
        field: known.get(column, column) for field, column in SALES.items()
    }
    numbered = {column: f"c{place}" for place, column in enumerate(delivery.format.columns, 1)}
    with pytest.raises(UnsureError):
        guess(delivery, rows.rename(numbered)).mapping(delivery)


@pytest.mark.parametrize("column", ["weight", "rating", "stock"])
def test_a_number_that_is_no_price_is_never_taken_for_one(tmp_path: Path, column: str) -> None:
    chance = random.Random(3)
    numbers = {
        "weight": lambda: f"{chance.random() * 9:.2f}",
        "rating": lambda: f"{chance.random() * 5:.1f}",
        "stock": lambda: "7",
    }
    lines = ["c1,c2,c3", *(f"A-{n},Kettle steel no {n} new,{numbers[column]()}" for n in range(200))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = guess(open_delivery(tmp_path / "a.csv", limits=QUICK))
    assert "price" not in {each.field for each in found.fields}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ArtikelNr.", "sku"), ("g:price", "price"), ("Cena brutto", "price"), ("EAN-Code", "gtin"), ("Größe", ""),
        ("shipping_price", ""), ("Tytuł", "title"), ("Herstellernummer", "model"), ("image_link", "image"),
        ("Währung", "currency"),
        ("PRODUCT_NAME", "title"), ("Nom du produit", "title"), ("purchase price", ""), ("MPN", "model"), ("parent_sku", ""),
    ],
)  # fmt: skip
def test_names_mean_fields(name: str, field: str) -> None:
    said = means(name)
    strong = {each for each, strength in said.items() if strength >= 0.6}
    assert strong == ({field} if field else set())


@pytest.mark.parametrize(
    "lines", ["", "A1,Sony TV 40 inch,199.99\nA2,Canon EOS 5D body,1299.00\nA1,Sony TV,1.00\nA3,Dell,9\n"]
)
def test_plain_names_are_believed_in_a_feed_of_few_rows_or_none(tmp_path: Path, lines: str) -> None:
    (tmp_path / "few.csv").write_text(f"sku,title,price\n{lines}")
    told = guess(open_delivery(tmp_path / "few.csv", limits=QUICK))
    assert told.doubts == ()
    assert {one.field: one.column for one in told.fields} == {"sku": "sku", "title": "title", "price": "price"}


def test_colours_under_a_code_s_name_are_no_skus_in_a_feed_of_few_rows_either(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text(
        "sku,title,price\nred,A cup of tea,1.99\nred,A blue plate,2.49\nblue,A bowl,3.99\n"
    )
    told = guess(open_delivery(tmp_path / "few.csv", limits=QUICK))
    assert "sku" in {doubt.field for doubt in told.doubts}


def test_check_digits() -> None:
    assert all(map(is_gtin, ("4006381333931", "73513537", "036000291452", "10614141000415")))
    assert not any(map(is_gtin, ("4006381333932", "0000000000000", "12345", "400638133393x", "")))


def test_what_inspect_writes_can_be_run(tmp_path: Path) -> None:
    lines = ["Art.-Nr.;Bezeichnung;Preis;Hersteller;Farbe"]
    lines += [f"{n:04d};Wasserkocher Stahl Nr. {n};1.{n % 900 + 100},99 €;Acme;rot" for n in range(50)]
    path = tmp_path / "acme.csv"
    path.write_text("\n".join(lines))
    found = inspect(path, limits=QUICK)
    (tmp_path / "acme.toml").write_text(found.toml())
    mapping = load(tmp_path / "acme.toml")
    assert (mapping.conventions.decimal, mapping.fields["currency"].constant, mapping.supplier.name) == (
        ",",
        "EUR",
        "acme",
    )
    delivery = open_delivery(path, mapping=mapping, limits=QUICK)
    (rows,) = [apply(mapping, batch.rows) for batch in read(delivery)]
    assert rows.row(0, named=True) | {"_start": 0, "_end": 0} == {
        "sku": "0000", "title": "Wasserkocher Stahl Nr. 0", "price": "1.100,99 €", "currency": "EUR", "brand": "Acme",
        "gtin": None, "description": None, "model": None, "category": None, "url": None, "image": None, "language": None,
        "attributes": '{"Farbe":"rot"}', "_line": 2, "_start": 0, "_end": 0,
    }  # fmt: skip
    assert found.plain()["records"] == 50
    assert any("sku" in line for line in found.lines())


def test_mapping_joins_replaces_and_defaults(tmp_path: Path) -> None:
    text = """
    [supplier]
    name = "acme"
    [fields]
    sku = "id"
    title = ["brand", "name"]
    category = {columns = ["cat"], values = {"1" = "Kettles"}, default = "Other"}
    image = "images[1]"
    currency = {constant = "EUR"}
    """
    (tmp_path / "m.toml").write_text(text)
    rows = pl.DataFrame(
        {
            "id": ["1", "2"],
            "brand": ["Acme", None],
            "name": ["Kettle", "Lamp"],
            "cat": ["1", None],
            "images": ['["a","b"]', None],
        }
    )
    found = apply(load(tmp_path / "m.toml"), rows)
    assert found.select("sku", "title", "category", "image", "currency").rows() == [
        ("1", "Acme Kettle", "Kettles", "b", "EUR"),
        ("2", "Lamp", "Other", None, "EUR"),
    ]
    assert found["attributes"].to_list() == [None, None]

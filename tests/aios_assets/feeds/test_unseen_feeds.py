"""Feeds in the style of exporters that nobody tuned to: what is guessed is right, and the rest is asked for, never assumed."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from aios_assets.feeds.inspection import inspect

TITLES = [
    "Walnut chopping board large",
    "Linen apron with pockets",
    "Cast iron skillet 26 cm",
    "Stoneware mug set of four",
    "Bamboo cutting mat",
    "Steel milk frother",
    "Ceramic butter dish",
    "Copper measuring cups",
    "Glass storage jar 1 l",
    "Oak serving tray",
    "Cotton oven glove",
    "Silicone spatula red",
    "Enamel kettle cream",
    "Pepper mill beech",
    "Wine rack for 12",
    "Cheese knife set",
    "Salad spinner green",
    "Digital scale slim",
    "Bread bin matt black",
    "Tea strainer fine mesh",
    "Egg timer retro",
    "Garlic press pro",
    "Potato ricer",
    "Rolling pin",
]
BRANDS = ("Nordkern", "Casa Luma", "Oakly", "Bright & Co", "Tellus")
Row = Callable[[int], Sequence[object]]


def price(at: int, factor: float = 1.0) -> str:
    return f"{(7.35 + at * 3.61) * factor:.2f}"


def comma(text: str) -> str:
    return text.replace(".", ",")


def ean(at: int) -> str:
    digits = f"40{123456 + at * 37:010d}"
    return digits + str(-sum(int(d) * (3 if k % 2 else 1) for k, d in enumerate(digits)) % 10)


def words(at: int) -> str:
    return f"{TITLES[at]} made to last, easy to clean. Suits every kitchen and makes a fine gift for people who cook."


SHOPIFY: Row = lambda n: [  # noqa: E731
    *(
        TITLES[n].lower().replace(" ", "-"),
        TITLES[n],
        f"<p>{words(n)}</p>",
        BRANDS[n % 5],
        "Kitchen",
        "TRUE",
        f"NK-{1000 + n}",
    ),
    *(
        300 + n,
        n * 7 % 80,
        price(n),
        price(n, 1.25),
        ean(n),
        f"https://cdn.example.com/{n}.jpg",
        f"{TITLES[n]} | Buy",
        price(n, 0.5),
    ),
]
FEEDS: dict[str, tuple[str, str, str, Row, dict[str, str]]] = {
    "shopify": (
        (
            "Handle,Title,Body (HTML),Vendor,Type,Published,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,"
            "Variant Compare At Price,Variant Barcode,Image Src,SEO Title,Cost per item"
        ),
        ",",
        "utf-8",
        SHOPIFY,
        {
            "sku": "Variant SKU",
            "title": "Title",
            "price": "Variant Price",
            "brand": "Vendor",
            "gtin": "Variant Barcode",
        },
    ),
    "bare kinds of price": (
        "sku,name,cost,rrp,sale,list,brand",
        ",",
        "utf-8",
        lambda n: [f"P{n}", TITLES[n], price(n, 0.5), price(n, 1.3), price(n), price(n, 1.2), BRANDS[n % 5]],
        {"sku": "sku", "title": "name", "price": "sale", "brand": "brand"},
    ),
    "prices in cents": (
        "ean;title;description;manufacturer;price_cs;quantity;id_offer",
        ";",
        "utf-8",
        lambda n: [ean(n), TITLES[n], words(n), BRANDS[n % 5], price(n).replace(".", ""), n * 7 % 80, f"KL{n:04d}"],
        {"sku": "id_offer", "title": "title", "brand": "manufacturer", "gtin": "ean"},
    ),
    "german, comma, old encoding": (
        "Art.-Nr.;Artikelbezeichnung;Hersteller;Preis (EUR);UVP (EUR);EK (EUR);Größe (mm);EAN-Code",
        ";",
        "cp1252",
        lambda n: [f"U{n:04d}", TITLES[n], BRANDS[n % 5], *(comma(price(n, f)) for f in (1, 1.3, 0.5)), 120, ean(n)],
        {
            "sku": "Art.-Nr.",
            "title": "Artikelbezeichnung",
            "price": "Preis (EUR)",
            "brand": "Hersteller",
            "gtin": "EAN-Code",
        },
    ),
    "polish, old encoding": (
        "Sygnatura;Tytuł oferty;Cena PL;Liczba sztuk;EAN;Marka;Kategoria główna",
        ";",
        "cp1250",
        lambda n: [f"ALG-{n}", TITLES[n], comma(price(n)), n * 7 % 80, ean(n), BRANDS[n % 5], "Kuchnia"],
        {"title": "Tytuł oferty", "price": "Cena PL", "brand": "Marka", "gtin": "EAN"},
    ),
    "tabs, UTF-16": (
        "SKU\tProduct Name\tBrand\tPrice\tCurrency",
        "\t",
        "utf-16",
        lambda n: [f"Z{n:03d}", TITLES[n], BRANDS[n % 5], price(n), "GBP"],
        {"sku": "SKU", "title": "Product Name", "price": "Price", "brand": "Brand", "currency": "Currency"},
    ),
    "capital abbreviations": (
        "MANDT;MATNR;MAKTX;MATKL;MEINS;EAN11;KBETR;KONWA;LABST",
        ";",
        "utf-8",
        lambda n: ["100", f"{1000 + n:018d}", TITLES[n].upper(), "KUECHE", "ST", ean(n), price(n), "EUR", n * 7 % 80],
        {"sku": "MATNR", "title": "MAKTX", "price": "KBETR", "gtin": "EAN11", "currency": "KONWA"},
    ),
    "several ids and titles": (
        "row_id,parent_sku,sku,asin,mpn,ean,title,seo_title,price,brand",
        ",",
        "utf-8",
        lambda n: [
            *(n + 1, f"PAR{n // 3}", f"S-{n}", f"B0{n:03d}AB{n * 41 % 900 + 100}", f"MP{n}", ean(n), TITLES[n]),
            *(f"{TITLES[n]} | Shop", price(n), BRANDS[n % 5]),
        ],
        {"sku": "sku", "title": "title", "price": "price", "brand": "brand", "gtin": "ean"},
    ),
}
"""Header, separator, encoding, a row, and what each field is; a field may be asked about, but never be another column."""


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_of_an_unseen_exporter_is_read_right_or_asked_about(tmp_path: Path, name: str) -> None:
    header, separator, encoding, row, meant = FEEDS[name]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([header.split(separator), *(row(n) for n in range(len(TITLES)))])
    path = tmp_path / "delivery.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    os.utime(path, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    guess = inspect(path).guess
    guessed = {each.field: each.column for each in guess.fields}
    for field in ("sku", "title", "price", "brand", "gtin", "currency"):
        assert guessed.get(field) in (None, meant.get(field)), (field, guessed)
        if field in ("sku", "title") and field not in guessed:
            assert field in {doubt.field for doubt in guess.doubts}

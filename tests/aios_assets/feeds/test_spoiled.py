"""Spoiled: what spreadsheets and careless exports make of prices and numbers is asked about, never read."""

import os
from pathlib import Path

import pytest

from aios_assets.feeds import Mapping, UnsureError, apply, guess, load, open_delivery, read

NAMES = ("Wasserkocher", "Toaster", "Rucksack", "Stuhl", "Lampe", "Messer")
ROWS = [
    (f"A-{1000 + at}", f"Bosch {NAMES[at % 6]} X{at}", "Bosch" if at % 2 else "Vela", f"{at + 5},{10 + at}")
    for at in range(40)
]


def proposed(folder: Path, text: str) -> Mapping:
    file = folder / "acme.csv"
    file.write_text(text)
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    delivery = open_delivery(file)
    return guess(delivery).mapping(delivery)


def listed(head: str, rows: list[tuple[str, ...]], separator: str) -> str:
    return "\n".join([head.replace(",", separator), *(separator.join(row) for row in rows)]) + "\n"


def test_a_comma_in_the_price_that_parts_the_columns_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(UnsureError, match="the cents of Preis seem to stand in column_5") as asked:
        proposed(tmp_path, listed("Artikelnummer,Bezeichnung,Marke,Preis", ROWS, ","))
    line = 'price = { columns = ["Preis", "column_5"], join = "," }'
    assert line.removeprefix("price = ") in str(asked.value)
    written = tmp_path / "acme.toml"
    names = 'sku = "Artikelnummer"\ntitle = "Bezeichnung"\nbrand = "Marke"'
    written.write_text(f'supplier = {{ name = "acme" }}\n[fields]\n{names}\n{line}\n')
    delivery = open_delivery(tmp_path / "acme.csv", mapping=load(written))
    (batch,) = read(delivery)
    assert apply(load(written), batch.rows)["price"].to_list() == [row[3] for row in ROWS]


def test_whole_prices_beside_a_column_of_numbers_are_prices(tmp_path: Path) -> None:
    rows = [
        (sku, title, brand, price.split(",")[0], str(10 + at)) for at, (sku, title, brand, price) in enumerate(ROWS)
    ]
    mapping = proposed(tmp_path, listed("Artikelnummer,Bezeichnung,Marke,Preis,Bestand", rows, ";"))
    assert mapping.fields["price"].columns == ("Preis",)


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [("4,01E+12", "Excel wrote its numbers short"), ('="00{}"', "its values are Excel's formulas")],
)
def test_what_a_spreadsheet_made_of_the_numbers_is_named(tmp_path: Path, spoiled: str, why: str) -> None:
    rows = [(spoiled.format(1000 + at), *row[1:]) for at, row in enumerate(ROWS)]
    with pytest.raises(UnsureError, match=why):
        proposed(tmp_path, listed("Artikelnummer,Bezeichnung,Marke,Preis", rows, ";"))

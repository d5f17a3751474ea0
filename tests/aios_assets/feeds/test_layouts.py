"""Guesses over made-up shops: right, or it stops and asks."""

from pathlib import Path

import polars as pl
import pytest

from aios_assets.feeds import Limits, UnsureError, guess, open_delivery
from aios_assets.feeds.header import is_header
from aios_assets.feeds.pricenames import price_kind
from benchmarks.guesses import judged
from benchmarks.layouts import layouts

QUICK = Limits(settle_seconds=0)
SALES = {
    "en": "Order ID,SKU,Product Name,Qty,Order Date,Unit Price,Customer ID",
    "de": "Belegnummer,Artikelnummer,Bezeichnung,Menge,Belegdatum,Einzelpreis,Kundennummer",
    "fr": "Numéro de facture,Référence,Désignation,Quantité,Date de facture,Prix unitaire,Code client",
    "es": "Numero pedido,Código,Nombre,Cantidad,Fecha pedido,Precio unitario,Cliente",
    "nl": "Ordernummer,Artikelnummer,Omschrijving,Aantal,Orderdatum,Prijs,Klantnummer",
    "pl": "Numer faktury,Kod towaru,Nazwa,Ilość,Data sprzedaży,Cena jednostkowa,Klient",
    "short": "date,sku,title,units sold,day,price,store",
}


def runs_wrong(answer: dict[str, str]) -> bool:
    """Whether a feed would be run, and on a column that is another thing."""
    return "asked" not in answer.values() and any(said.startswith(("wrong", "missed")) for said in answer.values())


@pytest.mark.slow
def test_no_layout_runs_on_a_wrong_column(tmp_path: Path) -> None:
    answers = [(made.name, judged(made, tmp_path)) for made in layouts(33, seed=11)]
    assert not [(name, answer) for name, answer in answers if runs_wrong(answer)]
    assert sum("asked" not in answer.values() for _, answer in answers) > 20  # these have the names that shops gave


@pytest.mark.slow
def test_no_layout_of_hundreds_runs_on_a_wrong_column(tmp_path: Path) -> None:
    answers = [(made.name, judged(made, tmp_path)) for made in layouts(672, seed=12)]
    assert not [(name, answer) for name, answer in answers if runs_wrong(answer)]
    named = [answer for name, answer in answers if name.split(", ")[1] in ("named", "upper", "snake")]
    assert sum(set(answer.values()) == {"right"} for answer in named) > 0.7 * len(named)


@pytest.mark.parametrize("header", SALES.values(), ids=SALES)
def test_lines_of_invoices_are_sales(tmp_path: Path, header: str) -> None:
    lines = [
        header,
        *(
            f"R{n // 3},A-{n % 17:03d},Kettle steel {n % 17},{n % 5 + 1},2024-05-{n % 28 + 1:02d},{n % 17}.90,K{n % 9}"
            for n in range(90)
        ),
    ]
    if header == SALES["short"]:
        lines = [
            header,
            *(
                f"2024-05-{n % 28 + 1:02d},A-{n % 17:03d},Kettle steel {n % 17},{n % 5 + 1},{n % 7},{n % 17}.90,north"
                for n in range(90)
            ),
        ]
    (tmp_path / "till.csv").write_text("\n".join(lines))
    found = guess(open_delivery(tmp_path / "till.csv", limits=QUICK))
    told = {each.field: each.column for each in found.fields}
    columns = header.split(",")
    assert found.kind == "sales"
    assert found.doubts == ()
    assert (told["sku"], told["quantity"]) == (columns[1], columns[3])


def test_a_stock_list_with_a_date_is_no_sale(tmp_path: Path) -> None:
    lines = ["sku,title,price,quantity,date", *(f"A-{n},Kettle steel {n},{n}.90,{n % 5},2024-05-01" for n in range(60))]
    (tmp_path / "acme.csv").write_text("\n".join(lines))
    assert guess(open_delivery(tmp_path / "acme.csv", limits=QUICK)).kind == "products"


def test_a_header_shifted_by_a_column_is_not_believed() -> None:
    rows = pl.DataFrame(
        {
            "title": [f"A-{n}" for n in range(50)],
            "price": [f"Kettle steel no {n}" for n in range(50)],
            "sku": [f"{n}.90" for n in range(50)],
        }
    )
    found = guess(None, rows)  # type: ignore[arg-type]  # the rows are there already
    assert {each.field: each.column for each in found.fields} == {"sku": "title", "title": "price"}
    assert [doubt.field for doubt in found.doubts] == ["price"]


def test_a_price_beside_its_cost_and_list_price_is_found() -> None:
    rows = pl.DataFrame(
        {
            "Art.-Nr.": [f"A-{n}" for n in range(50)],
            "Bezeichnung": [f"Kessel aus Stahl Nr {n}" for n in range(50)],
            "EK netto": [f"{n}.10" for n in range(50)],
            "VK brutto": [f"{n}.99" for n in range(50)],
            "UVP": [f"{n + 9}.99" for n in range(50)],
        }
    )
    found = guess(None, rows)  # type: ignore[arg-type]  # the rows are there already
    assert {each.field: each.column for each in found.fields}["price"] == "VK brutto"
    with pytest.raises(UnsureError):
        guess(None, rows.rename({"VK brutto": "c4", "UVP": "c5", "EK netto": "c3"})).mapping(open_none())  # type: ignore[arg-type]


def open_none() -> object:
    class Nothing:
        path = Path("acme.csv")
        supplier = "acme"

    return Nothing()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("price", "now"), ("vk brutto", "now"), ("prix ttc", "now"), ("cena s dph", "now"), ("standard price", "now"),
        ("list price", "list"), ("uvp", "list"), ("compare at price", "list"), ("adviesprijs", "list"),
        ("prezzo di listino", "list"),
        ("sale price", "sale"), ("cena promocyjna", "sale"), ("wholesale price", "cost"), ("prix d achat ht", "cost"),
        ("cena zakupu netto", "cost"), ("price excl vat", "net"), ("shipping price", ""), ("price currency", ""),
        ("weight", ""),
        ("grundpreis", ""), ("price per kg", ""),
    ],
)  # fmt: skip
def test_price_names(name: str, kind: str) -> None:
    assert price_kind(name) == kind


@pytest.mark.parametrize(
    ("first", "below", "header"),
    [
        (["sku", "title"], [["1", "2"], ["a", "b"]], True),
        (["AB-1001", "Kettle", "Acme"], [[f"AB-{n}" for n in range(9)], ["x"] * 9, ["Acme"] * 9], False),
        (["c1", "c2"], [[f"A{n}" for n in range(9)], ["x"] * 9], True),
        (["0", "1", "2"], [["a"], ["b"], ["c"]], True),
        (["Kettle", "9,00 €"], [["Lamp"], ["3,00 €"]], False),
        (["Teekanne", "Acme"], [["Lampe", "Kessel", "Topf", "Sieb", "Korb"], ["Acme", "Bolt"] * 3], False),
        (["", ""], [[], []], False),
    ],
)  # fmt: skip
def test_headers_are_told_from_data(first: list[str], below: list[list[str]], header: bool) -> None:
    assert is_header(first, below) is header

"""Addresses and names of seven more countries, and goods that are called alike: lines written before the rules were."""

from pathlib import Path

import polars as pl
import pytest

from aios_assets.enrich import personal, secrets
from tests.aios_assets.enrich.unseen.marked import FOLDER, read


def lines(name: str) -> list[str]:
    return [line for line in Path(FOLDER / name).read_text(encoding="utf-8").splitlines() if line]


def test_most_of_what_is_personal_is_found_and_hardly_any_goods_are() -> None:
    marked = [read(line) for line in lines("abroad.txt")]
    found = personal.find(pl.Series([each.text for each in marked]))
    right = wanted = 0
    for row, each in enumerate(marked):
        ours = found.filter(pl.col("row") == row).select("start", "end", "type").rows()
        wanted += len(each.spans)
        right += sum(
            any(kind == k and 2 * (min(end, e) - max(start, s)) >= end - start for s, e, k in ours)
            for start, end, kind in each.spans
        )
    goods = lines("abroad_goods.txt")
    assert (wanted, len(goods)) == (79, 83)
    assert right >= 0.82 * wanted
    assert personal.count(pl.Series(goods)) <= 0.07 * len(goods)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Kargo: Bağdat Caddesi 287/5, 34740 Suadiye", "Bağdat Caddesi 287/5, 34740 Suadiye"),
        ("Adresa: Str. Lalelelor nr. 8, bl. C2, ap. 23, Timișoara", "Str. Lalelelor nr. 8, bl. C2, ap. 23, Timișoara"),
        ("Send til Engvej 7, 2. tv, 2300 København S", "Engvej 7, 2. tv, 2300 København S"),
        ("Vivo en la C/ Alcalá, 45", "C/ Alcalá, 45"),
        ("1117 Budapest, Bercsényi u. 8. III/12.", "1117 Budapest, Bercsényi u. 8. III/12."),
        ("Στείλτε το στην Ερμού 25, 105 63 Αθήνα", "Ερμού 25, 105 63 Αθήνα"),
        ("On 29 March 2017 it began", None),
        ("Aleea Rozelor 50 ml eau de parfum", None),
        ("Engvej 7 m² blomsterblanding", None),
    ],
)
def test_an_address_is_taken_whole_or_not_at_all(text: str, address: str | None) -> None:
    found = personal.find(pl.Series([text])).filter(pl.col("type") == "address")["text"].to_list()
    assert found == ([address] if address else [])


@pytest.mark.parametrize("text", ["Bitte Frau Müller-Lüdenscheidt anrufen", "Frau Müller-Lüdenscheidt hat reklamiert"])
def test_two_surnames_behind_a_title_are_somebody(text: str) -> None:
    assert personal.find(pl.Series([text]))["text"].to_list() == ["Müller-Lüdenscheidt"]


GOODS = """\
AKIA Series Wall Clock 30cm
Bearing SKF 6205-2RSH/C3
Samsung MZ-V7S1T0B/AM 970 EVO Plus
Corsair CMK16GX4M2B3200C16
Secret Santa gift box 12345678901234567
Password keeper A5, password: none
SK-2023-LED-00012345
SG90 micro servo 9g
sk-ii facial treatment essence 230ml
Auth token YubiKey 5C NFC 5060408462331
MPN: 8f14e45fceea167a5a36
Token ring adapter IBM 16/4 PCI 34L5001
ACDelco AC41993587abc
xoxo-gossip-girl complete box set 12345
Lock cylinder key: 30/35 mm
hf_antenna 145 MHz
"""


def test_product_codes_are_no_keys() -> None:
    assert secrets.find(pl.Series(GOODS.splitlines()))["text"].to_list() == []

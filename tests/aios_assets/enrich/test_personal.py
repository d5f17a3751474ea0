"""Personal data: what is found, what is left alone, and the laws of spans."""

import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich import personal
from aios_assets.enrich.personal.fold import fold, fold_text, places
from aios_assets.enrich.personal.scan import FEW, passes
from aios_assets.enrich.personal.signs import signs

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

FOUND = [
    ("mail", "questions: jane.doe+shop@example.co.uk.", "jane.doe+shop@example.co.uk"),
    ("mail", "Fragen an müller@beispiel.de bitte", "müller@beispiel.de"),
    ("mail", "jane [at] example [dot] com", "jane [at] example [dot] com"),
    ("mail", "jane at example dot com", "jane at example dot com"),
    ("mail", "(mailto:bob@mail.example.org)", "bob@mail.example.org"),
    ("iban", "IBAN: DE89 3704 0044 0532 0130 00 Sparkasse", "DE89 3704 0044 0532 0130 00"),
    ("iban", "HP15 inch bag, DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
    ("card", "Pixma 8800 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("iban", "GB82WEST12345698765432", "GB82WEST12345698765432"),
    ("iban", "pay to NL91ABNA0417164300 please", "NL91ABNA0417164300"),
    ("iban", "konto pl61109010140000071219812874", "pl61109010140000071219812874"),
    ("iban", "FR14 2004 1010 0505 0001 3M02 606", "FR14 2004 1010 0505 0001 3M02 606"),
    ("card", "my card 4111 1111 1111 1111 exp 12/30", "4111 1111 1111 1111"),
    ("card", "5500-0000-0000-0004", "5500-0000-0000-0004"),
    ("card", "Amex 378282246310005", "378282246310005"),
    ("card", "3782 822463 10005", "3782 822463 10005"),
    ("card", "diners card 30569309025904", "30569309025904"),
    ("id", "SSN 078-05-1120", "078-05-1120"),
    ("id", "social security number: 536228726", "536228726"),
    ("id", "NI number AB123456C", "AB123456C"),
    ("id", "NHS number 943 476 5919", "943 476 5919"),
    ("id", "Steuer-ID: 36 574 261 809", "36 574 261 809"),
    ("id", "Rentenversicherung 15 070649 C 103", "15 070649 C 103"),
    ("id", "numéro 2 95 10 99 126 111 93", "2 95 10 99 126 111 93"),
    ("id", "DNI 54362315K", "54362315K"),
    ("id", "NIE X-2482300-W", "X-2482300-W"),
    ("id", "codice fiscale RCCMNL83S18D969H", "RCCMNL83S18D969H"),
    ("id", "PESEL 44051401359", "44051401359"),
    ("id", "BSN 111222333", "111222333"),
    ("id", "rijksregister 85.07.30-033.28", "85.07.30-033.28"),
    ("id", "personnummer 880320-0016", "880320-0016"),
    ("id", "hetu 131052-308T", "131052-308T"),
    ("id", "AHV 756.9217.0769.85", "756.9217.0769.85"),
    ("id", "CPF 390.533.447-05", "390.533.447-05"),
    ("id", "her driver's license number is D1234567", "D1234567"),
    ("id", "Reisepass C01X00T47", "C01X00T47"),
    ("ip", "logged in from 84.112.33.201 yesterday", "84.112.33.201"),
    ("ip", "client 2a02:8108:8ac0:1a2::7e3 seen", "2a02:8108:8ac0:1a2::7e3"),
    ("birth", "born on 12 March 1984", "12 March 1984"),
    ("birth", "geboren am 03.04.1979 in Ulm", "03.04.1979"),
    ("birth", "Date of birth: 1990-01-31", "1990-01-31"),
    ("birth", "née le 14/07/1988", "14/07/1988"),
    ("phone", "call (212) 555-0187 now", "(212) 555-0187"),
    ("phone", "212-555-0187", "212-555-0187"),
    ("phone", "+1 415 555 0132", "+1 415 555 0132"),
    ("phone", "Tel.: 030 / 901820-15", "030 / 901820-15"),
    ("phone", "rufen Sie an unter 0171 2345678", "0171 2345678"),
    ("phone", "Téléphone : 06 12 34 56 78", "06 12 34 56 78"),
    ("phone", "llame al 912 345 678", "912 345 678"),
    ("phone", "drive +1 206 918 1668 5700 rpm", "+1 206 918 1668"),
    ("card", "paid with 2221-0000-0000-0009 500 GB", "2221-0000-0000-0009"),
    ("phone", "+48 601 234 567", "+48 601 234 567"),
    ("phone", "phone 020 7946 0958", "020 7946 0958"),
    ("phone", "mobile: 0049 171 2345678", "0049 171 2345678"),
    ("phone", "ring me on 07700900123", "07700900123"),
    ("phone", "001-420-335-7509x385", "001-420-335-7509x385"),
    ("address", "ship to 742 Evergreen Terrace, Springfield, IL 62704", "742 Evergreen Terrace, Springfield, IL 62704"),
    ("address", "Hauptstraße 5, 10115 Berlin", "Hauptstraße 5, 10115 Berlin"),
    ("address", "she lives at 221b Baker Street", "221b Baker Street"),
    ("address", "12 rue de la Paix, 75002 Paris", "12 rue de la Paix, 75002 Paris"),
    ("address", "Calle de Alcalá 45, 28014 Madrid", "Calle de Alcalá 45, 28014 Madrid"),
    ("address", "Prinsengracht 263", "Prinsengracht 263"),
    ("address", "ul. Marszałkowska 10", "ul. Marszałkowska 10"),
    ("address", "P.O. Box 1234", "P.O. Box 1234"),
    ("person", "Ansprechpartnerin: Petra Hölzl", "Petra Hölzl"),
    ("person", "Contact Sarah Miller for spares", "Sarah Miller"),
    ("person", "c/o Tomasz Zieliński", "Tomasz Zieliński"),
    ("person", "my name is Oluwaseun Adeyemi and", "Oluwaseun Adeyemi"),
    ("person", "please ask for Mr. Pemberton", "Pemberton"),
    ("person", "je m'appelle Amélie Poulain", "Amélie Poulain"),
    ("person", "Herr Jürgen von der Lippe", "Jürgen von der Lippe"),
    ("person", "kontakt: Anna Kowalska", "Anna Kowalska"),
    ("person", "call Siobhan Nic Eoin at +353 1 496 0000", "Siobhan Nic Eoin"),
    ("person", "billing address: john smith, 12 High Street, Leeds LS1 4AP", "john smith"),
]

LEFT = [
    "Calvin Klein Eternity 100 ml",
    "Paul Smith shirt, size M",
    "Mr. Coffee 12-Cup Coffeemaker, Black",
    "Dr. Martens 1460 Women's Boots",
    "Dr. Brown's Natural Flow bottle",
    "Mrs. Meyer's Clean Day soap",
    "Contact Lens Solution 355 ml",
    "Contact Paper White 18 in x 20 ft",
    "Call of Duty Black Ops",
    "Call Center Headset",
    "Native Instruments Kontakt 8 Komplete",
    "Brother HL-2240 Mono Laser Printer",
    "Boss Audio BV9955 In-Dash DVD",
    "EAN 4006381333931",
    "4006381333931 Stabilo Boss",
    "GTIN 10614141543219",
    "UPC 036000291452",
    "ISBN 978-3-16-148410-0",
    "ISBN 0-306-40615-2",
    "ASIN B00005N5PF, part 7290-1234-567",
    "Seagate ST31000528AS 1 TB hard drive",
    "500 GB Compact Portable Hard Drive 34896 Silver",
    "2 GB U3 Smart Flash Drive 95326 Silver",
    "21 Jump Street (Blu-ray)",
    "Abbey Road, remastered",
    "2 Way Radio, 22 Channel",
    "Firmware v1.2.3.4 for router 192.168.1.1",
    "Windows 6.1.7601.17514 service pack",
    "MAC 00:1A:2B:3C:4D:5E",
    "dimensions 10 x 20 x 30 cm, 12.5 lbs",
    "toll free 1-800-555-1234",
    "icon@2x.png",
    "50 mm @ f1.8",
    "Epson 4800 7800 9800 maintenance tank",
    "Compatible with Acer 5534 5542 5551 5552",
    "DCP-1200 1400 Fax-4750 5750",
    "the #1 brand since 12/1/1977",
    "Address Labels, 1000 count, 5160",
    "Passport Essential 500 GB",
    "ships in 3-5 days",
    "Ring 2 video doorbell 1080p",
    "For iPhone 13 14 15 Pro",
    "Peter Pan Costume Age 5-6",
    "HP LaserJet 1010 1012 1018 1020 1022 3015 3020 3030 3050 3052 3055 M1319f",
    "SD 2023-01-15 release",
    "Serial 00012345678901",
]


@pytest.mark.parametrize(("kind", "text", "datum"), FOUND)
def test_personal_data_is_found_where_it_stands(kind: str, text: str, datum: str) -> None:
    spans = personal.find(pl.Series([text]))
    assert (kind, datum) in list(spans.select("type", "text").iter_rows())
    start, end = (
        spans.row(by_predicate=(pl.col("type") == kind), named=True)["start"],
        spans.filter(type=kind)["end"][0],
    )
    assert text[start:end] == datum


@pytest.mark.parametrize("text", LEFT)
def test_product_words_and_numbers_are_left_alone(text: str) -> None:
    assert personal.find(pl.Series([text])).rows() == []


@pytest.mark.parametrize(
    "hidden",
    [
        "jane\u200b@exam\u00adple.com",
        "\uff4a\uff41\uff4e\uff45\uff20\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d",
        "j\u0430ne@ex\u0430mple.com",
        "\U0001d423\U0001d41a\U0001d427\U0001d41e@\U0001d41e\U0001d431\U0001d41a\U0001d426\U0001d429\U0001d425\U0001d41e.\U0001d41c\U0001d428\U0001d426",
        "jane@\u2060example\u200d.com",
        "j\U000e0061ane@example.com",
    ],
)
def test_hiding_places_are_undone_and_offsets_name_what_stood_there(hidden: str) -> None:
    text = f"mail \u200b{hidden}, please"
    [(_, start, end, kind, found)] = personal.find(pl.Series([text])).rows()
    assert (kind, found) == ("mail", text[start:end])
    assert personal.normal("mail", found) == "jane@example.com"


def test_digits_of_other_scripts_and_spaces_are_read() -> None:
    spans = personal.find(
        pl.Series(
            [
                "card \uff14111\u00a01\uff1111\u202f1111 11\uff11\uff11",
                "Tel. \u0660\u0663\u0660 \u0661\u0662\u0663\u0664\u0665\u0666\u0667",
            ]
        )
    )
    assert spans["type"].to_list() == ["card", "phone"]


def test_equal_data_have_one_normal_form() -> None:
    assert personal.normal("phone", "+49 (30) 901-820") == personal.normal("phone", "0049 30901820") == "+4930901820"
    assert personal.normal("iban", "de89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert personal.normal("mail", "Jane [at] Example [dot] COM") == "jane@example.com"
    assert personal.normal("address", "Hauptstr. 5,\n Berlin") == personal.normal("address", "hauptstr. 5 berlin")


def test_null_and_empty_columns_hold_nothing() -> None:
    for values in (pl.Series([], dtype=pl.String), pl.Series([None, "", " "], dtype=pl.String)):
        assert personal.count(values) == 0
        assert personal.find(values).schema == personal.SPANS


PIECES = st.one_of(
    st.sampled_from([text for _, text, _ in FOUND]),
    st.sampled_from(LEFT),
    st.text(max_size=12),
    st.sampled_from([" ", "\n", ", ", "\u200b", "\u00ad", "\u00a0", "@", "+", "4", ":"]),
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=4))
@settings(max_examples=150, deadline=None)
def test_spans_lie_in_their_values_apart_and_count_agrees(values: list[str | None]) -> None:
    series = pl.Series(values, dtype=pl.String)
    spans = personal.find(series)
    assert personal.count(series) == spans["row"].n_unique()
    behind = (-1, 0)
    for row, start, end, kind, text in spans.iter_rows():
        value = series[row]
        assert text == value[start:end] != ""
        assert kind in personal.TYPES
        assert (row, start) >= behind
        behind = (row, end)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_gates_let_through_all_that_detectors_find(text: str) -> None:
    folded = fold_text(text)
    frame = pl.DataFrame({"text": [folded], "signs": signs(pl.Series([folded]))})
    looked: dict[object, bool] = {}
    for among, group in personal.SCANNER.groups:
        for detector in group:
            if list(detector.scan(folded, [])):
                asked = frame.select(
                    among.holds, *(passes(gate).alias(str(n)) for n, gate in enumerate(detector.gates))
                )
                looked[detector.scan] = looked.get(detector.scan, False) or all(asked.row(0))
    assert all(looked.values())


def test_many_texts_hold_what_each_holds_alone() -> None:
    texts = [text for _, text, *_ in FOUND] + [str(text) for text in LEFT]
    texts += [text.lower() for text in texts] + [text.upper() for text in texts]
    many = personal.find(pl.Series(texts))
    few = pl.concat(
        personal.find(pl.Series(texts[at : at + FEW])).with_columns(pl.col("row") + at)
        for at in range(0, len(texts), FEW)
    )
    assert len(texts) > 4 * FEW
    assert many.equals(few)


@given(st.lists(st.one_of(st.text(max_size=20), TEXTS), max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_column_folds_as_its_texts_do_and_the_way_back_fits(values: list[str]) -> None:
    folded = fold(pl.Series(values, dtype=pl.String)).to_list()
    assert folded == [fold_text(value) for value in values]
    for value, seen in zip(values, folded, strict=True):
        there = places(value)
        assert len(value if there is None else there) == len(seen)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "a@",
        "@",
        "1-",
        "a.",
        "0049",
        "+1 ",
        "Mr. ",
        "DE89 ",
        "12 a ",
        "x:",
        "1.",
        "rue a ",
        "address: 1 ",
        "Contact A ",
        "\u200ba",
    ],
)
def test_no_text_makes_a_detector_slow(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    begin = time.process_time()
    personal.find(pl.Series([text]))
    assert time.process_time() - begin < 12


@pytest.mark.shared
def test_real_product_feeds_hold_almost_nothing() -> None:
    feed = SHARED / "walmart_amazon" / "amazon.csv"
    if not feed.exists():
        pytest.skip("the shared data folder is not here")
    titles = pl.read_csv(feed, separator="|", infer_schema=False)["title"]
    assert personal.count(titles) <= len(titles) / 10_000

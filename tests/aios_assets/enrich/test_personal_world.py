"""Personal data as many countries write it is found; what a catalogue calls its goods is not."""

import polars as pl
import pytest

from aios_assets.enrich import personal
from aios_assets.enrich.personal.names import is_given

FOUND = {
    "phone": (
        "Tél : 01 42 68 53 00|tel. 601 234 567|+48 22 123 45 67|Tfno. 91 123 45 67|Tel: 06-12345678|Tel 02 1234 5678 Milano"
        "|+420 777 123 456|ring 07700 900123|WhatsApp 0176 12345678|+91 98765 43210|+55 11 91234-5678|GSM 0475 12 34 56"
        "|Telefon: 08-123 456 78"
    ),
    "iban": "DE89 3704 0044 0532 0130 00|FR1420041010050500013M02606|PL61109010140000071219812874|IT60X0542811101000000123456",
    "id": (
        "PESEL 44051401359|DNI 12345678Z|NIE X1234567L|codice fiscale RSSMRA85T10A562S|BSN 111222333|CPF 529.982.247-25"
        "|Steuer-ID 86095742719|NIR 1 85 05 78 006 084 91|personnummer 811228-9874|Aadhaar 2341 2341 2346|NINO AB123456C"
        "|HETU 131052-308T|rodné číslo 736028/5163"
    ),
    "address": (
        "wohnt in der Hauptstraße 12, 10115 Berlin"
        "|12 rue de la Paix, 75002 Paris|ul. Marszałkowska 10/5, 00-590 Warszawa"
        "|Calle Mayor 5, 28013 Madrid"
        "|Via Roma 10, 00184 Roma|Keizersgracht 123, 1015 CJ Amsterdam|Storgatan 5, 111 22 Stockholm"
        "|221B Baker Street, London NW1 6XE"
    ),
    "person": (
        "Ansprechpartner: Anna Schmidt|Contact person: John Miller|Kontakt: Jan Kowalski|Contacto: María García"
        "|Responsable: Jean Dupont|Referente: Mario Rossi|Contactpersoon: Pieter de Vries|Ihre Frau Müller|Kunde: Uwe Brandt"
        "|Returned by customer Emily Clarke|Mme Claire Martin|attn: David Cohen|ask for Maria Lopez"
    ),
    "birth": "born 12.03.1985|geb. 03.05.1971|data urodzenia: 1990-04-12|né le 3 mai 1982",
}
GOODS = (
    "Calvin Klein men's boxer briefs 3-pack|Paul Smith shirt slim fit|Tommy Hilfiger polo"
    "|Dr. Martens 1460 boots|Dr. Oetker Backpulver"
    "|Mrs. Meyer's Clean Day soap|Mr. Coffee 12-Cup|Johnnie Walker Black Label 70cl|Jack Daniel's No. 7"
    "|Hugo Boss belt"
    "|EAN 4006381333931|UPC 036000291452|ISBN 978-3-16-148410-0|Part no. 123-45-6789A|Bosch 0 986 494 294 brake pads"
    "|artikel 0049-1234567|ref. 01 23 45 67 89|MPN 2604 1234 5678|tyre 205/55 R16 91V|lumens 1200-800-600|DIN 912 M8x60"
    '|100 x 200 x 50 mm|1920 x 1080 px|9/16" x 1-1/2"|version 10.0.19041.1|21 Jump Street DVD|500 GB Hard Drive|Abbey Road LP'
    "|Contact lens solution 360 ml|Contact grill George Foreman|Mobile phone case 6.1|Tel Aviv poster|Kontakt 60 Spray"
    "|by John Grisham (Paperback)|Designer: Philippe Starck lamp|signed Michael Jordan jersey"
    "|Modell Anna Sofa 3-Sitzer"
    "|Address label printer DK-11201|birth control book 1984|Geburtstagskarte 12.03.2024"
    "|customer favourite Harry Potter Box Set"
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts.split("|")])
def test_personal_data_of_many_countries_is_found(kind: str, text: str) -> None:
    assert kind in personal.find(pl.Series([text]))["type"].to_list()


@pytest.mark.parametrize("text", GOODS.split("|"))
def test_goods_are_nobody(text: str) -> None:
    assert personal.find(pl.Series([text])).is_empty()


@pytest.mark.parametrize(("word", "given"), [("María", True), ("JOAO", True), ("Łukasz", True), ("Kettle", False)])
def test_given_names_are_known_with_and_without_accents(word: str, given: bool) -> None:
    assert is_given(word) is given

# ruff: noqa: RUF001 - letters of many alphabets are what this file is about
"""Files as exporters write them, made from one small assortment: what each is called, its bytes, and what its fields are."""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

import openpyxl

from tests.aios_assets.feeds.test_unseen_feeds import BRANDS, TITLES, comma, ean, price, words

PLACES = range(len(TITLES))
Cell = Callable[[int], str | None]


@dataclass(frozen=True)
class Exported:
    """A file and, field by field, the values that its records have; a field that is left out may be anything."""

    name: str
    file: str
    data: bytes
    values: dict[str, Cell]
    asks: tuple[str, ...] = ()


def brand(at: int) -> str:
    return BRANDS[at % 5]


def meant(sku: Cell, price_: Cell = price, title: Cell = TITLES.__getitem__) -> dict[str, Cell]:
    return {"sku": sku, "title": title, "price": price_, "brand": brand, "gtin": ean}


def delimited(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8", *, above: str = "") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return (above + text.getvalue()).encode(encoding)


PLAIN = [
    ["sku", "name", "price", "brand", "ean"],
    *([f"X{n:03d}", TITLES[n], price(n), brand(n), ean(n)] for n in PLACES),
]
GERMAN = [
    ["Artikelnummer", "Bezeichnung", "VK-Preis", "Hersteller", "EAN"],
    *([f"X{n:03d}", TITLES[n], comma(price(n)), brand(n), ean(n)] for n in PLACES),
]
TITLED = "Acme Wholesale Ltd - price list spring 2024,,,,\r\nValid from 01.03.2024,,,,\r\n,,,,\r\n"

HEADERS = {
    "pl": "Nr katalogowy;Nazwa towaru;Cena brutto;Cena netto;Producent;Kod EAN;Stan magazynowy",
    "es": "Referencia;Nombre del artículo;PVP;Precio de coste;Marca;Código EAN;Existencias",
    "fr": "Référence;Désignation;Prix TTC;Prix HT;Marque;Code-barres;Stock disponible",
    "it": "Codice articolo;Descrizione;Prezzo al pubblico;Prezzo di acquisto;Marchio;Codice a barre;Giacenza",
    "nl": "Artikelcode;Omschrijving;Verkoopprijs;Inkoopprijs;Merk;EAN-code;Voorraad",
    "tr": "Stok Kodu;Ürün Adı;Satış Fiyatı;Alış Fiyatı;Marka;Barkod;Stok Adedi",
    "cs": "Katalogové číslo;Název zboží;Cena s DPH;Nákupní cena;Výrobce;EAN kód;Skladem",
    "ru": "Артикул;Наименование товара;Розничная цена;Закупочная цена;Бренд;Штрихкод;Остаток",
    "uk": "Артикул;Назва товару;Ціна;Закупівельна ціна;Виробник;Штрих-код;Залишок",
    "bg": "Код;Наименование;Продажна цена;Доставна цена;Марка;Баркод;Наличност",
    "el": "Κωδικός;Όνομα προϊόντος;Τιμή λιανικής;Τιμή αγοράς;Κατασκευαστής;Barcode;Απόθεμα",
    "ro": "Cod produs;Denumire produs;Preț vânzare;Preț achiziție;Producător;Cod EAN;Stoc",
    "hu": "Cikkszám;Megnevezés;Bruttó ár;Beszerzési ár;Márka;Vonalkód;Készlet",
    "hr": "Šifra;Naziv artikla;MPC;Nabavna cijena;Brend;Barkod;Zaliha",
    "pt": "Código do produto;Nome do produto;Preço de venda;Preço de custo;Marca;Código de barras;Estoque",
    "sv": "Artikelnr;Benämning;Pris inkl moms;Inköpspris;Varumärke;Streckkod;Lagersaldo",
    "da": "Varenummer;Varebetegnelse;Salgspris;Indkøbspris;Mærke;Stregkode;Lager",
    "no": "Varenr;Produktnavn;Utsalgspris;Innkjøpspris;Merke;Strekkode;Lagerbeholdning",
    "fi": "Tuotenumero;Tuotteen nimi;Myyntihinta;Ostohinta;Valmistaja;EAN-koodi;Varastosaldo",
    "ja": "商品コード;商品名;販売価格;仕入価格;ブランド;JANコード;在庫数",
    "zh": "商品编号;商品名称;销售价;进货价;品牌;条形码;库存",
    "ko": "상품코드;상품명;판매가;매입가;브랜드;바코드;재고",
    "ar": "رمز المنتج;اسم المنتج;سعر البيع;سعر الشراء;العلامة التجارية;الباركود;المخزون",
}
"""Seven columns by language: SKU, title, price, what the shop paid (or the price without tax), brand, GTIN, stock."""


def tables() -> Iterator[Exported]:
    """Delimited text, as shops and people write it."""
    plain, german = meant(lambda n: f"X{n:03d}"), meant(lambda n: f"X{n:03d}", lambda n: comma(price(n)))
    yield Exported("sep=", "a.csv", delimited(GERMAN, ";", above="sep=;\r\n"), german)
    yield Exported("sep= in UTF-16", "a.csv", delimited(GERMAN, ";", "utf-16", above="sep=;\r\n"), german)
    yield Exported("UTF-16 without a mark", "a.txt", delimited(GERMAN, "\t", "utf-16-be"), german)
    trailing = delimited(PLAIN).replace(b"\r\n", b",\r\n")
    yield Exported("a separator behind every record", "a.csv", trailing, plain)
    yield Exported(
        "… but the header", "a.csv", delimited(PLAIN[:1]) + delimited(PLAIN[1:]).replace(b"\r\n", b",\r\n"), plain
    )
    remarks = delimited(PLAIN, above="# export of 2024-05-01\r\n# by shop 3.2\r\n")
    yield Exported("remarks above", "a.csv", remarks, plain)
    within = delimited(PLAIN[:10]) + b"# page 2\r\n" + delimited(PLAIN[10:]) + b"# end, 24 records\r\n"
    yield Exported("remarks within", "a.csv", within, plain)
    yield Exported("titles above", "a.csv", delimited(PLAIN, above=TITLED), plain)
    old = "Preisliste für Händler, Frühjahr\r\n\r\n"
    yield Exported("titles in an old encoding", "a.csv", delimited(GERMAN, ";", "cp1252", above=old), german)
    yield Exported("titles in UTF-16", "a.csv", delimited(GERMAN, ";", "utf-16", above=old), german)
    numbered = [["", *PLAIN[0]], *([str(n), *row] for n, row in enumerate(PLAIN[1:]))]
    yield Exported("a column without a name", "a.csv", delimited(numbered), plain)
    twice = [[*PLAIN[0], "price"], *([*row, price(n, 1.2)] for n, row in enumerate(PLAIN[1:]))]
    yield Exported("a name twice", "a.csv", delimited(twice), plain, asks=("price",))
    amazon = [
        [
            "TemplateType=fptcustom",
            "Version=2021.0923",
            "The top 3 rows are for Amazon.com use only.",
            "",
            "Images",
            "",
        ],
        ["Seller SKU", "Brand Name", "Product Name", "Product ID", "Main Image URL", "Standard Price"],
        ["item_sku", "brand_name", "item_name", "external_product_id", "main_image_url", "standard_price"],
        *([f"AM-{n:03d}", brand(n), TITLES[n], ean(n), f"https://x.example/{n}.jpg", price(n)] for n in PLACES),
    ]
    yield Exported("three header rows", "a.txt", delimited(amazon, "\t", "cp1252"), meant(lambda n: f"AM-{n:03d}"))
    ebay = [
        [
            "*Action(SiteID=UK|Country=GB|Currency=GBP)",
            "Custom label (SKU)",
            "Title",
            "UPC",
            "Price",
            "Format",
            "C:Brand",
        ],
        *(["Add", f"EB-{n:03d}", TITLES[n], ean(n), price(n), "FixedPrice", brand(n)] for n in PLACES),
    ]
    yield Exported("eBay", "a.csv", delimited(ebay), meant(lambda n: f"EB-{n:03d}"))
    presta = [
        ["Product ID", "Name *", "Price tax excluded", "Wholesale price", "Reference #", "Manufacturer", "EAN13"],
        *([str(n + 1), TITLES[n], price(n), price(n, 0.5), f"PS-{n:03d}", brand(n), ean(n)] for n in PLACES),
    ]
    yield Exported("PrestaShop", "a.csv", delimited(presta, ";"), meant(lambda n: f"PS-{n:03d}"), asks=("sku", "price"))
    for language, header in HEADERS.items():
        rows = [
            header.split(";"),
            *(
                [f"X{n:03d}", TITLES[n], comma(price(n)), comma(price(n, 0.6)), brand(n), ean(n), str(n * 7 % 80)]
                for n in PLACES
            ),
        ]
        yield Exported(f"headers in {language}", "a.csv", delimited(rows, ";"), german)


def documents() -> Iterator[Exported]:
    """XML by the schemas of data pools and marketplaces."""
    entries = "".join(
        f"<entry><g:id>GM-{n}</g:id><title>{TITLES[n]}</title><summary>{words(n)}</summary><g:gtin>{ean(n)}</g:gtin>"
        f"<link href='https://s.example/{n}'/><g:price>{price(n)} GBP</g:price><g:brand>{escape(brand(n))}</g:brand></entry>"
        for n in PLACES
    )
    space = "xmlns='http://www.w3.org/2005/Atom' xmlns:g='http://base.google.com/ns/1.0'"
    atom = f"<?xml version='1.0'?>\n<feed {space}><title>Shop</title>{entries}</feed>"
    yield Exported("Merchant Atom", "a.xml", atom.encode(), meant(lambda n: f"GM-{n}", lambda n: f"{price(n)} GBP"))
    articles = "".join(
        f"<ARTICLE><SUPPLIER_AID>BM-{n:03d}</SUPPLIER_AID><ARTICLE_DETAILS><DESCRIPTION_SHORT>{TITLES[n]}</DESCRIPTION_SHORT>"
        f"<DESCRIPTION_LONG>{words(n)}</DESCRIPTION_LONG><EAN>{ean(n)}</EAN><MANUFACTURER_AID>M{n}</MANUFACTURER_AID>"
        f"<MANUFACTURER_NAME>{escape(brand(n))}</MANUFACTURER_NAME></ARTICLE_DETAILS><ARTICLE_PRICE_DETAILS>"
        f"<ARTICLE_PRICE price_type='net_customer'><PRICE_AMOUNT>{price(n)}</PRICE_AMOUNT><TAX>0.19</TAX></ARTICLE_PRICE>"
        "</ARTICLE_PRICE_DETAILS></ARTICLE>\n"
        for n in PLACES
    )
    head = "<HEADER><SUPPLIER><SUPPLIER_NAME>Acme</SUPPLIER_NAME></SUPPLIER></HEADER>"
    cat = f"<BMECAT version='1.2'>{head}<T_NEW_CATALOG>{articles}</T_NEW_CATALOG></BMECAT>"
    yield Exported("BMEcat", "a.xml", cat.encode(), meant(lambda n: f"BM-{n:03d}"))
    icecat = "".join(
        f'<Product ID="{70000 + n}" Name="{TITLES[n]}" Prod_id="NK{n:04d}X" Title="{escape(brand(n))} {TITLES[n]}">'
        f'<EANCode EAN="{ean(n)}"/><Supplier ID="{n % 5}" Name="{escape(brand(n))}"/></Product>'
        for n in PLACES
    )
    cat = f"<ICECAT-interface>{icecat}</ICECAT-interface>"
    yield Exported("Icecat", "a.xml", cat.encode(), {"gtin": ean}, asks=("title",))
    offers = "".join(
        f"<offer id='YM{n}'><price>{price(n)}</price><oldprice>{price(n, 1.3)}</oldprice><vendorCode>VC{n}</vendorCode>"
        f"<name>Доска {TITLES[n]}</name><vendor>{escape(brand(n))}</vendor><barcode>{ean(n)}</barcode></offer>"
        for n in PLACES
    )
    head = "<name>Лавка</name><categories><category id='1'>Кухня</category><category id='2'>Дом</category></categories>"
    shop = f"<shop>{head}<offers>{offers}</offers></shop>"
    yml = f"<?xml version='1.0' encoding='windows-1251'?><yml_catalog>{shop}</yml_catalog>"
    values = meant(lambda n: f"YM{n}", title=lambda n: f"Доска {TITLES[n]}")
    yield Exported("YML", "a.xml", yml.encode("cp1251"), values)


COLUMNS = ("Article No.", "Product name", "Brand", "EAN", "Price", "Listed since")


def _fill(sheet: "openpyxl.worksheet.worksheet.Worksheet", above: int = 0) -> None:
    for row, values in enumerate(
        [
            COLUMNS,
            *(
                (f"XL{n:03d}", TITLES[n], brand(n), int(ean(n)), float(price(n)), datetime.date(2024, 1, 1 + n))
                for n in PLACES
            ),
        ]
    ):
        for column, value in enumerate(values):
            sheet.cell(above + row + 1, column + 1, value)


def _written(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def workbooks() -> Iterator[Exported]:
    """XLSX as people arrange it."""
    values = meant(lambda n: f"XL{n:03d}", lambda n: str(float(price(n))))
    titled = openpyxl.Workbook()
    titled.active["A1"] = "Acme Wholesale Ltd"
    titled.active.merge_cells("A1:F1")
    _fill(titled.active, above=3)
    yield Exported("a merged title", "a.xlsx", _written(titled), values)
    grouped = openpyxl.Workbook()
    for place, heading in (("A1:B1", "Article"), ("C1:D1", "Maker"), ("E1:F1", "Commercial")):
        grouped.active[place[:2]] = heading
        grouped.active.merge_cells(place)
    _fill(grouped.active, above=1)
    yield Exported("headings of groups of columns", "a.xlsx", _written(grouped), values)
    explained = openpyxl.Workbook()
    explained.active["A1"], explained.active["A3"] = "How to use this list", "Prices in EUR"
    _fill(explained.create_sheet("Products"))
    yield Exported("a sheet that explains", "a.xlsx", _written(explained), values)


def two_sheets() -> bytes:
    """A workbook in which two sheets are a feed each."""
    book = openpyxl.Workbook()
    _fill(book.active)
    _fill(book.create_sheet("Discontinued"))
    return _written(book)


def fixed_width(*, header: bool) -> bytes:
    """Columns by place in the line."""
    form = "{:<12}{:<40}{:<15}{:>10}{:>15}\n"
    lines = [form.format(f"FW{1000 + n}", TITLES[n], brand(n), price(n), ean(n)) for n in PLACES]
    return "".join([form.format("ARTNO", "DESCRIPTION", "BRAND", "PRICE", "EAN")] * header + lines).encode()


EXPORTED = [*tables(), *documents(), *workbooks()]

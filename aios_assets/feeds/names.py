"""Names: what a column's name says about its meaning, in the languages that feeds are written in."""

import re
import unicodedata

SURE, LIKELY, HINT = 1.0, 0.8, 0.55
"""How much a name says: it is this field; it mostly is; it can be."""

_PHRASES: dict[str, tuple[str, str, str]] = {
    "sku": (
        (
            "sku|article number|artikelnummer|artikel nr|artikelnr|art nr|item number|item no|item sku"
            "|product sku|seller sku|stock code|stockcode|bestellnummer|numer artykulu|kod produktu"
            "|kod towaru|indeks|numer katalogowy|sku id|variant sku|reference produit|codice articolo"
            "|codigo producto|artikelnummer lieferant|artikul|артикул"
        ),
        (
            "id|product id|item id|produktnummer|produkt id|produktid|product code|item code|reference|ref"
            "|referencia|codice|referenz|symbol|identyfikator|identifikator|produkt nr|produktnr"
            "|numer produktu|id produktu|merchant sku|offer id|listing id|product number|id produit"
            "|id produkt|code article|cod|kod|kennung|lieferanten nr"
        ),
        "code|key|number|nr|nummer|numer|uid|no",
    ),
    "gtin": (
        (
            "gtin|ean|upc|isbn|barcode|ean13|gtin13|gtin14|gtin12|upc a|isbn13|jan|strichcode|kod kreskowy"
            "|code barre|code barres|kod ean|ean code|gtin ean|codigo de barras|codice a barre"
            "|variant barcode"
        ),
        "ean nummer|ean upc|asin isbn|global trade item number",
        "",
    ),
    "title": (
        (
            "title|product title|product name|item name|name|titel|produktname|produkttitel"
            "|artikelbezeichnung|artikelname|tytul|nazwa|nazwa produktu|nazwa towaru|titre|nom|nom du produit"
            "|titulo|nombre|nombre del producto|titolo|nome|nome prodotto|productnaam|naam|nazev|nimi|navn"
            "|namn|produktnamn|product|structured title|название|наименование"
        ),
        (
            "bezeichnung|item title|display name|produkt|artikel|item|short name|designation|denominazione"
            "|denominacion|towar|kurzbezeichnung|produktbezeichnung|libelle|label|headline|article name"
        ),
        "short description|kurzbeschreibung|krotki opis|item description|article|kurztext",
    ),
    "description": (
        (
            "description|product description|long description|beschreibung|produktbeschreibung"
            "|artikelbeschreibung|opis|opis produktu|descripcion|descrizione|descricao|omschrijving|popis"
            "|beskrivning|body html|body|structured description|описание|langtext|langbeschreibung"
        ),
        (
            "details|text|content|desc|about|features|bullet points|summary|beschrijving|short description"
            "|krotki opis|kurzbeschreibung|item description|eigenschaften"
        ),
        "notes|info|informationen|remarks",
    ),
    "brand": (
        "brand|brand name|marke|marka|marque|marca|merk|znacka|varemerke|marken|бренд|vendor",
        (
            "manufacturer|hersteller|producent|fabricant|fabricante|produttore|fabrikant|vyrobce|tillverkare"
            "|mfr|mfg|maker|manufacturer name|herstellername|label|nazwa producenta|производитель"
        ),
        "company|publisher|verlag|wydawca",
    ),
    "model": (
        (
            "model|modelno|model number|model no|mpn|modellnummer|modell|manufacturer part number|part number"
            "|partnumber|part no|herstellernummer|numer modelu|modele|modelo|modello|kod producenta"
            "|herstellerartikelnummer|mfr part number|hersteller nr|numer czesci|teilenummer|modelnummer"
        ),
        "model name|modellname|nazwa modelu|typ|type number|typenbezeichnung",
        "",
    ),
    "category": (
        (
            "category|categories|kategorie|kategoria|categorie|categoria|product type|google product category"
            "|produktkategorie|warengruppe|category path|kategorie pfad|kategoria produktu|product category"
            "|категория|kategori|produktgruppe"
        ),
        "department|group|gruppe|grupa|taxonomy|breadcrumb|breadcrumbs|rubrik|section|sciezka kategorii|rayon",
        "type|class|family|collection",
    ),
    "price": (
        (
            "price|preis|cena|prix|precio|prezzo|preco|prijs|pris|hinta|verkaufspreis|sale price"
            "|selling price|unit price|unitprice|einzelpreis|cena brutto|bruttopreis|cena jednostkowa"
            "|prix unitaire|precio unitario|price amount|price value|цена|cena sprzedazy|vk preis|vk"
        ),
        (
            "regular price|list price|retail price|netto preis|nettopreis|cena netto|preis netto|preis brutto"
            "|amount|offer price|current price|price gross|price net|variant price|msrp|uvp|rrp|listenpreis"
            "|cena detaliczna|betrag|kwota|endpreis|final price|preis brutto|nettopreis"
        ),
        "cost|value|wert|kosten|koszt|kaufpreis|purchase price",
    ),
    "currency": (
        "currency|currency code|wahrung|waehrung|waluta|devise|moneda|valuta|divisa|mena|price currency|валюта",
        "",
        "",
    ),
    "url": (
        (
            "url|link|product url|product link|deeplink|deep link|canonical url|produktlink|lien|enlace"
            "|adres url|strona produktu"
        ),
        "href|page|landing page|website|webseite",
        "",
    ),
    "image": (
        (
            "image|image url|image link|images|img|bild|bild url|bilder|produktbild|zdjecie|zdjecia|obraz"
            "|image src|picture|photo|photos|imagen|immagine|afbeelding|obrazek|main image"
            "|additional image link|picture url|bildlink"
        ),
        "thumbnail|media|foto|pic",
        "",
    ),
    "language": (
        "language|lang|locale|sprache|jezyk|langue|idioma|lingua|taal",
        "",
        "",
    ),
    "invoice": (
        (
            "invoice|invoice no|invoice number|invoiceno|order id|order number|order no|rechnungsnummer"
            "|rechnungs nr|bestellnr|auftragsnummer|numer faktury|faktura|numer zamowienia|transaction id"
            "|receipt no|belegnummer|paragon"
        ),
        "order|transaction|beleg|rechnung",
        "",
    ),
    "quantity": (
        "quantity|qty|menge|anzahl|ilosc|quantite|cantidad|quantita|aantal|units sold|quantity sold|sztuk|stuck",
        "units|count|pieces",
        "",
    ),
    "sold_at": (
        (
            "invoice date|invoicedate|order date|sold at|sale date|transaction date|rechnungsdatum"
            "|bestelldatum|data sprzedazy|data faktury|data zamowienia|verkaufsdatum|timestamp|ordered at"
            "|order time|purchase date"
        ),
        "date|datum|data|time|fecha",
        "created at",
    ),
    "customer": (
        (
            "customer|customer id|customerid|client id|kunde|kundennummer|kundennr|kunden nr|klient"
            "|id klienta|numer klienta|buyer id"
        ),
        "client|buyer|user id",
        "",
    ),
    "country": (
        "country|land|kraj|pays|pais|paese|country code|ship country|panstwo|laendercode",
        "region",
        "",
    ),
}
_OTHERWISE = frozenset(
    [
        "shipping",
        "ship",
        "versand",
        "wysylka",
        "wysylki",
        "dostawa",
        "dostawy",
        "delivery",
        "old",
        "alt",
        "alter",
        "stara",
        "discount",
        "rabatt",
        "tax",
        "vat",
        "steuer",
        "cost",
        "purchase",
        "weight",
        "einkauf",
        "ek",
        "zakupu",
        "parent",
        "group",
        "count",
        "variant",
        "currency",
        "per",
        "image",
        "category",
        "rating",
        "review",
        "stock",
        "min",
        "max",
        "shipment",
        "porto",
        "base",
        "grundpreis",
        "manufacturer",
        "hersteller",
        "producenta",
        "supplier",
        "seller",
        "brand",
        "customer",
        "order",
        "invoice",
        "meta",
        "seo",
        "wholesale",
        "competitor",
        "history",
        "type",
        "unit",
        "date",
    ]
)
"""Words that turn a name into another one's: a shipping price is no price, an image title no title."""


def normal(name: str) -> str:
    """A name in lower case without accents, its words apart: `ArtikelNr.` and `artikel_nr` are `artikel nr`."""
    name = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.rsplit("}", 1)[-1])
    name = name.replace("ß", "ss").replace("ł", "l").replace("Ł", "L")
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    plain = re.sub(r"^(?:g|pd|product|item|offer)[:.](?=\w)", "", plain)
    return " ".join(re.findall(r"[^\W_]+", plain))


def means(name: str) -> dict[str, float]:
    """How much a column's name says that it is each field; fields it says nothing about are left out."""
    whole = normal(name)
    said: dict[str, float] = {}
    for phrase in (whole, whole.replace(" ", "")):
        for field, strength in _KNOWN.get(phrase, {}).items():
            said[field] = max(said.get(field, 0.0), strength)
    if said or " " not in whole:
        return said
    words = whole.split()
    for drop in (words[1:], words[:-1]):
        rest = " ".join(drop)
        other = (set(words) - set(drop)).pop() if len(set(words) - set(drop)) == 1 else ""
        if other in _OTHERWISE:
            continue
        for field, strength in _KNOWN.get(rest, {}).items():
            said[field] = max(said.get(field, 0.0), strength * (0.7 if len(other) > 3 else 0.85))
    return said


def _known() -> dict[str, dict[str, float]]:
    known: dict[str, dict[str, float]] = {}
    for field, phrases in _PHRASES.items():
        for listed, strength in zip(phrases, (SURE, LIKELY, HINT), strict=True):
            for phrase in filter(None, listed.split("|")):
                for form in {normal(phrase), normal(phrase).replace(" ", "")}:
                    known.setdefault(form, {}).setdefault(field, strength)
    return known


_KNOWN = _known()

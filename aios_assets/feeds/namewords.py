"""Words that columns are called by, field by field, in the languages that feeds are written in.

Three lists a field: names that are this field, names that mostly are, names that can be. Prices have their own file, since
what kind of price it is stands beside the word (`pricenames.py`).
"""

_TOLD = """
sku is:
    sku | article number | artikelnummer | artikel nr | artikelnr | art nr | article no | item number |
    item no | item sku | product sku | seller sku | vendor sku | merchant sku | stock code | stockcode |
    stock number | bestellnummer | numer artykulu | kod produktu | kod towaru | indeks | sku id |
    variant sku | reference produit | codice articolo | cod articolo | codigo articulo | codigo producto |
    codigo do produto | codigo produto | codigo de producto | artikelnummer lieferant | artikul | артикул |
    код товара | artikelkode | varenummer | varenr | tuotenumero | cikkszam | kod zbozi | cislo zbozi |
    kod vyrobku | artikelcode | product code | item code | code article | ref article | codice prodotto |
    stok kodu | urun kodu | artikel id | artikelid | nr katalogowy | katalogove cislo | objednaci cislo |
    cod produs | cod articol | κωδικος | κωδικος προιοντος | код | код товару | каталожен номер | sifra |
    sifra artikla | šifra | 商品コード | 品番 | 商品番号 | 商品编号 | 商品编码 | 货号 |
    상품코드 | 상품번호 | 품번 | رمز المنتج |
    رقم المنتج | supplier aid | supplier pid | matnr | artikelnum
sku mostly:
    id | product id | item id | produktnummer | produkt id | produktid | reference | ref | referencia | codice |
    referenz | symbol | identyfikator | identifikator | produkt nr | produktnr | numer produktu | id produktu |
    offer id | listing id | product number | product no | id produit | id produkt | cod | kod | kennung |
    lieferanten nr | reference number | reference no | id producto | id prodotto | codigo | plu | productnummer
    | product nr | numer katalogowy | catalog number | catalogue number | part number | item | material number |
    materialnummer
sku may:
    code | key | number | nr | nummer | numer | uid | no | productid | handle id | unique id | record id | index
    | ident
gtin is:
    gtin | ean | upc | isbn | barcode | barcodes | ean13 | gtin13 | gtin14 | gtin12 | upc a | isbn13 |
    isbn10 | jan | strichcode | kod kreskowy | code barre | code barres | code a barres | kod ean | ean code |
    upc code | gtin ean | codigo de barras | codice a barre | codice ean | codigo ean | variant barcode |
    streepjescode | eans | stregkode | streckkod | carovy kod | viivakoodi | штрихкод | janコード | バーコード | 条形码 |
    条码 | 바코드 | الباركود | باركود | barkod | баркод | vonalkod | ean kod | strekkode | cod de bare | cod bare |
    γραμμωτος κωδικας |
    ean11
gtin mostly:
    ean nummer | ean upc | asin isbn | global trade item number | external product id | barcodenummer | ean nr |
    ean number
title is:
    title | product title | product name | item name | name | titel | produktname | produkttitel |
    artikelbezeichnung | artikelname | tytul | nazwa | nazwa produktu | nazwa towaru | titre | nom |
    nom du produit | nom produit | titulo | nombre | nombre del producto | nombre producto | nome do produto |
    nome produto | titolo | nome | nome prodotto | nome del prodotto | productnaam | naam | nazev |
    nazev produktu | nazev zbozi | nimi | navn | produktnavn | varenavn | namn | produktnamn |
    structured title | название | наименование | titulek | termeknev | urun adi | tuotenimi | artikelnaam |
    tuotteen nimi | nazev vyrobku | megnevezes | termek megnevezese | denumire | denumire produs |
    nume produs | ονομα προιοντος | περιγραφη προιοντος | назва | назва товару | наименование товара |
    название товара | име на продукт | naziv | naziv artikla | naziv proizvoda | 商品名 | 商品名称 | 品名 | 상품명 | 제품명 |
    اسم المنتج | varebetegnelse | description short | maktx | produktbenamning
title mostly:
    bezeichnung | item title | display name | product | produkt | artikel | short name | designation |
    denominazione | denominacion | towar | kurzbezeichnung | produktbezeichnung | libelle | label | headline |
    article name | benamning | benaming | part name | producto | prodotto | produit | designacao | articolo |
    articulo | item description | item
title may:
    short description | kurzbeschreibung | krotki opis | article | kurztext
description is:
    description | product description | long description | beschreibung | produktbeschreibung |
    full description | artikelbeschreibung | opis | opis produktu | descripcion | descrizione | descricao |
    omschrijving | popis | beskrivning | beskrivelse | body html | body | structured description | описание |
    langtext | langbeschreibung | kuvaus | leiras | description long | 商品説明 | 商品描述 | 상품설명 | الوصف |
    περιγραφη | опис | описание товара | descriere | opis proizvoda | описание на продукта
description mostly:
    details | text | content | desc | about | features | bullet points | summary | beschrijving | short
    description | krotki opis | kurzbeschreibung | item description | eigenschaften | long text | description
    longue | opis dlugi
description may:
    notes | info | informationen | remarks
brand is:
    brand | brand name | brands | marke | marka | marque | marca | merk | znacka | varemerke | varumarke |
    marken | merknaam | nome marca | бренд | vendor | markenname | maerke | marki | tuotemerkki | marchio |
    brend | 品牌 | ブランド | 브랜드 | العلامة التجارية | μαρκα | марка | търговска марка | mærke | merke
brand mostly:
    manufacturer | hersteller | producent | fabricant | fabricante | produttore | fabrikant | vyrobce |
    tillverkare | mfr | mfg | maker | manufacturer name | herstellername | label | nazwa producenta |
    производитель | merk fabrikant | producer | valmistaja | hersteller markenname | brand manufacturer |
    producator | κατασκευαστης | виробник | производител | proizvodjac | proizvođač | メーカー | 厂商 | 제조사 |
    الشركة المصنعة | gyarto | uretici | üretici | vyrobca
brand may:
    company | publisher | verlag | wydawca | editeur | editorial | editore | uitgever | imprint | designer
model is:
    model | modelno | model number | model no | mpn | modellnummer | modell | manufacturer part number |
    partnumber | part no | herstellernummer | numer modelu | modele | modelo | modello | kod producenta |
    manufacturer sku | herstellerartikelnummer | mfr part number | hersteller nr | numer czesci |
    teilenummer | modelnummer | reference fabricant | lieferantenartikelnummer | supplier item number |
    supplier part number | supplier reference | vendor part number | ref fabricant | manufacturer aid |
    manufacturer pid | mfrpn | mfpn | numar model | 型号 | 型番 | 모델명
model mostly:
    model name | modellname | nazwa modelu | typ | type number | typenbezeichnung | part number | part nr
category is:
    category | categories | kategorie | kategoria | categorie | categoria | product type |
    google product category | produktkategorie | warengruppe | category path | kategorie pfad |
    kategoria produktu | product category | category name | категория | kategori | produktgruppe |
    produktgruppen | categorias | grupa towarowa | productgroep | merchant category | カテゴリ | 分类 | 类目 | 카테고리 |
    الفئة | κατηγορια | категорія | категория товара | kategorija
category mostly:
    department | dept | group | gruppe | grupa | taxonomy | breadcrumb | breadcrumbs | rubrik | section |
    sciezka kategorii | rayon | groep | sortiment |
    cat
category may:
    type | class | family | collection
currency is:
    currency | currency code | wahrung | waehrung | waluta | devise | moneda | valuta | divisa | mena |
    price currency | валюта | moeda | 通貨 | 货币 | 통화 | العملة | νομισμα | para birimi | penznem |
    konwa | waers
url is:
    url | link | product url | product link | deeplink | deep link | canonical url | produktlink | lien | enlace
    | adres url | strona produktu | produkturl | url produit
url mostly:
    href | page | landing page | website | webseite
image is:
    image | image url | image urls | image link | images | img | bild | bild url | bilder | produktbild |
    zdjecie | zdjecia | obraz | image src | picture | photo | photos | imagen | immagine | imagem | afbeelding |
    obrazek | main image | main image url | base image | additional image link | picture url | bildlink | url
    image | item photo url | bilde | billede | kuva | immagini | imagenes
image mostly:
    thumbnail | media | foto | pic
language is:
    language | lang | locale | sprache | jezyk | langue | idioma | lingua | taal
invoice is:
    invoice | invoice no | invoice number | invoiceno | invoice id | order id | order number | order no |
    rechnungsnummer | sales order | rechnungs nr | bestellnr | auftragsnummer | numer faktury | faktura | numer
    zamowienia | transaction id | order name | receipt no | receipt number | belegnummer | bonnummer | paragon |
    numero de facture | numero facture | numero factura | numero commande | numero de commande | numero pedido |
    numero fattura | numero ordine | factuurnummer | ordernummer | bestelnummer | ticket number | basket id |
    ticket
invoice mostly:
    order | transaction | beleg | rechnung | facture | factura | fattura | factuur | commande | pedido | ordine
    | receipt
quantity is:
    quantity | qty | menge | anzahl | ilosc | quantite | cantidad | quantita | aantal | units sold | quantity
    sold | sztuk | stuck | quantidade | qty sold | quantity ordered | qty ordered | verkaufte menge | kolicina |
    antal | mnozstvi | lineitem quantity | item quantity
quantity mostly:
    units | count | pieces | sold
sold_at is:
    invoice date | invoicedate | order date | sold at | sale date | sales date | transaction date |
    rechnungsdatum | bestelldatum | data sprzedazy | data faktury | data zamowienia | verkaufsdatum | ordered at
    | date de vente | date facture | order time | purchase date | date de facture | fecha de venta | fecha
    factura | fecha pedido | data vendita | data fattura | factuurdatum | orderdatum | besteldatum | transaction
    time | date commande | order timestamp | belegdatum
sold_at mostly:
    date | datum | data | time | fecha | timestamp | day | tag | dzien | jour | dia | giorno | dag
sold_at may:
    created at
customer is:
    customer | customer id | customerid | client id | kunde | kundennummer | kundennr | kunden nr | klient |
    customer number | customer no | id klienta | numer klienta | buyer id | numero client | code client | id
    cliente | cliente | codice cliente | klantnummer | klant
customer mostly:
    client | buyer | user id | member id
country is:
    country | land | kraj | pays | pais | paese | country code | ship country | panstwo | laendercode
country mostly:
    region
"""

LEVELS = ("is", "mostly", "may")


def _read() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Field -> names at each of the LEVELS."""
    found: dict[str, dict[str, str]] = {}
    field = level = ""
    for line in _TOLD.strip().splitlines():
        if line.startswith(" "):
            found[field][level] = f"{found[field].get(level, '')} {line.strip()}"
        else:
            field, level = line.removesuffix(":").split(" ")
            found.setdefault(field, {})
    return {
        field: tuple(tuple(filter(None, map(str.strip, told.get(level, "").split("|")))) for level in LEVELS)
        for field, told in found.items()
    }


NAMES = _read()
"""Field -> (it is this field, it mostly is, it can be)."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


OTHER = words(
    """
    aantal abmessungen active age annee anzahl attribute auteur author autor autore availability available barva
    bestand bewertung breite btw bundle cantidad case color colore colour condition contenu cor cost couleur
    created delivery depth descuento dimension dimensions discount disponibilita disponibilite dostawa dostawca
    dostepnosc dph edition einheit enabled envio estoque existencias farbe farg finish fitment flavour format
    fornitore fournisseur garantie gender geschlecht gewicht giacenza gramm grams groesse grosse group gwarancja
    hand handle height herkunft hohe hs ilosc inhalt inventory iva jahr jednostka keywords kg kleur kolor
    korting lager lagerbestand lagersaldo lange lead length leverancier levertijd lieferant lieferzeit livraison
    location maat magazynowy margin materiaal material materiale materiał matiere menge meta modified moms moq
    mwst note ocena option origin pack pages parent pattern peso podatek poids proveedor published publisher qty
    quantita quantite quantity rabat rabatt rank rating remise reorder review reviews rok rozmiar saison scent
    sconto season seiten shipping size skladem slug spedizione stan stars state status steuer stock store
    storlek strony style supplier szerokosc tag taglia tags taille talla tariff tax tiefe tva unit updated ust
    vaha vat verfugbarkeit versand verzending vikt visibility visible volume voorraad waga warehouse warranty
    weight width wymiary wysokosc wysylka year zolltarifnummer zustand adedi instock izmer keszlet
    lagerbeholdning materials related skladem stoc stok upsells varastosaldo zaliha αποθεμα
    залишок наличие наличност остаток размер цвет 在庫数 在庫 库存 재고 المخزون
    """
)
"""Words of names that no field of a product feed is called by: what such a column holds is an attribute."""

MOVING = words(
    """
    adedi anzahl aantal availability available bestand bewertung cantidad changed date datum delivery
    disponibilita disponibilite dostawy dostepnosc estoque existencias giacenza hand ilosc instock inventory keszlet
    kolicina lager lagerbeholdning lagerbestand lagersaldo lieferzeit livraison magazynowy menge modified mnozstvi
    orders points qty quantita quantite quantity rank rating review reviews seen skladem sold stan stand stoc stock
    stok stueck stuck sztuk timestamp tage updated varastosaldo verfugbarkeit views visits voorraad zaliha
    αποθεμα залишок наличие наличност остаток 在庫数 在庫 库存 재고 المخزون
    """
)
"""Words of names whose values move by themselves: stocks, delivery times, days, ratings."""

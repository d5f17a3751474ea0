"""Shops' export layouts as their programs write them: columns' names and what stands in each. No shop's data is in it."""

SHOPS: dict[str, str] = {
    "merchant": (
        "id=sku|title=title|description=description|link=url|image_link=image|availability=avail|price=price"
        "|brand=brand|gtin=gtin|mpn=mpn|condition=condition|google_product_category=category|product_type=leaf"
        "|item_group_id=parent|shipping_weight=weight"
    ),
    "merchant sale": (
        "id=sku|title=title|description=description|link=url|image_link=image|price=list|sale_price=price|brand=brand"
        "|gtin=gtin|availability=avail"
    ),
    "shopify": (
        "Handle=handle|Title=title|Body (HTML)=html|Vendor=brand|Type=leaf|Tags=tags|Published=flag"
        "|Option1 Name=constant|Option1 Value=size|Variant SKU=sku|Variant Grams=grams|Variant Inventory Qty=stock"
        "|Variant Price=price|Variant Compare At Price=list|Variant Barcode=gtin|Image Src=image|Cost per item=cost"
        "|Status=constant"
    ),
    "woocommerce": (
        "ID=number|Type=constant|SKU=sku|Name=title|Published=flag|Short description=short|Description=html"
        "|In stock?=flag|Stock=stock|Weight (kg)=weight|Regular price=price|Categories=category|Images=image|Brands=brand"
    ),
    "magento": (
        "sku=sku|store_view_code=empty|attribute_set_code=constant|product_type=constant|categories=category|name=title"
        "|description=html|short_description=short|weight=weight|product_online=flag|tax_class_name=constant|price=price"
        "|special_price=empty|url_key=handle|meta_title=seo|meta_description=short|base_image=image|qty=stock"
        "|manufacturer=brand"
    ),
    "prestashop": (
        "Product ID=number|Active (0/1)=flag|Name *=title|Categories (x,y,z...)=category|Price tax included=price"
        "|Tax rules ID=constant|Wholesale price=cost|On sale (0/1)=flag|Reference #=sku|Supplier=supplier"
        "|Manufacturer=brand|EAN13=gtin|Quantity=stock|Description=html|Image URLs (x,y,z...)=image"
    ),
    "amazon": (
        "item_sku=sku|item_name=title|external_product_id=gtin|external_product_id_type=constant|brand_name=brand"
        "|manufacturer=maker|part_number=mpn|standard_price=price|list_price=list|quantity=stock"
        "|product_description=description|main_image_url=image|item_type=leaf|condition_type=condition"
    ),
    "ebay": (
        "Custom label (SKU)=sku|Title=title|Start price=price|Available quantity=stock|P:EAN=gtin|C:Brand=brand"
        "|C:MPN=mpn|Category name=category|Condition=condition|Item photo URL=image|Item number=number"
    ),
    "idealo": (
        "Artikelnummer im Shop=sku|EAN / GTIN / Barcodenummer=gtin|Herstellerartikelnummer=mpn"
        "|Hersteller / Markenname=brand|Produktname=title|Preis=price|Streichpreis=list|Lieferzeit=delivery"
        "|Produktgruppe im Shop=category|Produktbeschreibung=description|ProduktURL=url|Bild URL 1=image"
        "|Versandkosten DHL=shipping"
    ),
    "wholesale de": (
        "Art.-Nr.=sku|Bezeichnung=title|Hersteller=brand|EK netto=cost|VK brutto=price|UVP=list|EAN=gtin"
        "|Lagerbestand=stock|Warengruppe=leaf|Gewicht (kg)=weight|MwSt.=vat"
    ),
    "erp de": (
        "Artikelnummer=sku|Artikelbezeichnung=title|Bezeichnung 2=short|Lieferantenartikelnummer=mpn|Marke=brand"
        "|Verkaufspreis=price|Einkaufspreis=cost|Grundpreis=unit|Mengeneinheit=constant|Bestand=stock|Zolltarifnummer=tariff"
        "|Barcode=gtin|Warengruppennummer=group"
    ),
    "baselinker": (
        "product_id=number|sku=sku|ean=gtin|name=title|quantity=stock|price=price|tax_rate=vat|weight=weight"
        "|category_name=leaf|manufacturer_name=brand|description=html|image=image"
    ),
    "sklep": (
        "Kod produktu=sku|Nazwa produktu=title|Producent=brand|Cena brutto=price|Cena zakupu netto=cost|Stan magazynowy=stock"
        "|Kod EAN=gtin|Kategoria=category|Opis=html|Zdjęcie 1=image|Waga=weight|Stawka VAT=vat"
    ),
    "hurtownia": (
        "Indeks=sku|Nazwa towaru=title|Marka=brand|Cena detaliczna=price|EAN=gtin|Ilość=stock|Grupa towarowa=leaf"
        "|Kod producenta=mpn|Czas dostawy=delivery"
    ),
    "grossiste": (
        "Référence=sku|Désignation=title|Marque=brand|Prix TTC=price|Prix d'achat HT=cost|Code EAN=gtin|Stock=stock"
        "|Catégorie=category|Description=description|URL image=image|Poids=weight|Référence fabricant=mpn"
    ),
    "tienda": (
        "Código=sku|Nombre=title|Marca=brand|PVP=price|Precio de coste=cost|Existencias=stock|Categoría=category"
        "|Descripción=description|EAN=gtin|Imagen=image|Peso=weight"
    ),
    "negozio": (
        "Codice articolo=sku|Nome prodotto=title|Marca=brand|Prezzo=price|Prezzo di listino=list|Giacenza=stock"
        "|Categoria=category|Descrizione=description|Codice a barre=gtin|Immagine=image|Peso=weight"
    ),
    "winkel": (
        "Artikelnummer=sku|Omschrijving=title|Merk=brand|Verkoopprijs=price|Adviesprijs=list|Inkoopprijs=cost"
        "|Voorraad=stock|EAN=gtin|Productgroep=leaf|Afbeelding=image|Levertijd=delivery"
    ),
    "butik": (
        "Artikelnummer=sku|Produktnamn=title|Varumärke=brand|Pris=price|Lagersaldo=stock|EAN=gtin|Kategori=category"
        "|Beskrivning=description|Bild=image"
    ),
    "obchod": (
        "Kód=sku|Název=title|Výrobce=brand|Cena s DPH=price|EAN=gtin|Skladem=stock|Kategorie=category|Popis=description"
        "|Obrázek=image"
    ),
    "loja": (
        "Código do produto=sku|Nome do produto=title|Marca=brand|Preço=price|Estoque=stock|EAN=gtin|Categoria=category"
        "|Descrição=description|Imagem=image"
    ),
    "wholesale uk": (
        "Product Code=sku|Product Name=title|Brand=brand|RRP=list|Trade Price=price|Barcode=gtin|Pack Size=pack"
        "|Case Qty=pack|Country of Origin=country"
    ),
    "books": ("ISBN13=sku|Title=title|Author=author|Publisher=brand|RRP=price|Format=format|Pub Date=date|Pages=pages"),
    "pos": ("PLU=sku|Item=title|Dept=leaf|Vendor=brand|Cost=cost|Retail=price|On Hand=stock|UPC=gtin|Reorder Pt=stock"),
    "plain": "id=sku|name=title|brand=brand|price=price",
    "thin": "code=sku|product=title|price=price|stock=stock",
    "parts": (
        "Part Number=sku|Part Name=title|Brand=brand|Unit Price=price|MOQ=pack|Lead Time=delivery|Weight=weight"
        "|HS Code=tariff|Fitment=short"
    ),
    "affiliate": (
        "aw_product_id=number|merchant_product_id=sku|product_name=title|brand_name=brand|search_price=price"
        "|rrp_price=list|delivery_cost=shipping|ean=gtin|merchant_category=category|description=description"
        "|aw_deep_link=url|merchant_image_url=image|currency=currency|in_stock=flag|merchant_id=constant"
    ),
    "no price": "sku=sku|title=title|brand=brand|weight=weight|rating=rating|stock=stock|color=colour",
    "no brand": "Item #=sku|Description=title|Price=price|Qty=stock|Colour=colour|Size=size",
    "catalogue": (
        "uid=sku|headline=title|body=description|label=brand|amount=price|currency=currency|created=date|rating=rating"
        "|reviews=stock|colour=colour|material=material"
    ),
    "two ids": (
        "Internal ID=number|Item Number=sku|Supplier Item Number=mpn|Item Description=title|Brand Name=brand"
        "|Selling Price=price|Old Price=list|UPC Code=gtin|Class=leaf"
    ),
}
"""`column=role` for each column, in the order of the file; the roles are those of `layouts.py`."""

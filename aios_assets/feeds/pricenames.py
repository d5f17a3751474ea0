# ruff: noqa: RUF001 - letters of many alphabets are what this file is about
"""Price names: whether a column's name says price, and which of a product's prices.

A shop lists what a thing costs, what it cost before, what the shop paid, what sending it costs; only the first is the price.
"""

import re

_WORD = (
    r"価格|售价|销售价|价格|単価|定価|仕入|进货价|판매가|매입가|가격|سعر|τιμη|\bціна|\bцін[аи]\b|cijena|\bmpc\b|\bvpc\b|\bpret\b|\bar\b|\bhind\b|\bkaina\b|"
    r"price|preis|cena\b|ceny\b|cene\b|prix|precio|prezzo|preco\b|prijs|pris\b|hinta|цена|fiyat|\bpvp\b|\bvk\b|\buvp\b"
    r"|\brrp\b|\bmsrp\b|\bsrp\b|\bamount\b|\bbetrag\b|\bkwota\b|\bmontant\b|\bimporte\b|\bimporto\b|\bretail\b|\btarif\b"
    r"|\bkbetr\b|\bstprs\b|\bverpr\b"
)
_NOT = (
    r"currency|wahrung|waluta|shipping|versand|wysylk|dostaw|delivery|livraison|envio|spedizion|verzend|frakt|category|group"
    r"|rating|\bmin\b|\bmax\b|per\b|\bbase\b|grund|jednostk\w* miar|unit of|\bppu\b|competitor|history|date|datum|type|image"
    r"|tax amount|vat amount|discount amount|rabatt|tier|\bcount\b|porto|weight|label|range|valid|rule|list id|quantity"
    r"|\bcs\b|\bcts?\b|\bcents?\b|\bminor\b|\bpence\b|\bgrosz\w*|\bcentimes?\b|\bcentimos?\b"
)
_BARE = "sale|list|cost|net|special|promo|offer|regular|wholesale|retail"
"""Names that say a kind of price by themselves, beside others of their kind."""
_KINDS = {
    "cost": "cost|purchase|einkauf|\\bek\\b|zakup|achat|coste|costo|inkoop|acquisto|compra|inkop|wholesale|trade|dealer"
    "|buying|hurt|grossist|handler|\\balis\\b|nakupn|custo|osto|indkob|innkjop|закуп|оптов|доставн|仕入|进货|매입|الشراء|αγορας|beszerz|achiz|nabavn|\\bvpc\\b|\\bstprs\\b|\\bverpr\\b",
    "list": "list\\b|liste|listino|regular|rrp|msrp|\\bsrp\\b|uvp|old|compare|\\bwas\\b|strike|streich|advies|katalog|original"
    "|before|barre|recommend|tachado|anterior|pieno|crossed|retail price|detal|suggested|doporuc|ordinarie|stara|alt\\b"
    "|alter\\b|public|eski\\b|gammel|стар|定価|原价|정가|puvodn|recommand",
    "sale": "\\bsale\\b|special|promo|angebot|\\boffer\\b|discounted|aktion|solde|oferta|reduced|deal|akcni|\\bprom\\b",
    "net": "\\bnet\\b|netto|\\bht\\b|excl|ex vat|ex tax|without tax|bez vat|bez dph|sin iva|senza iva|\\bohne\\b",
}


def price_kind(name: str) -> str:
    """`now` (what a buyer pays), `sale`, `net`, `list`, `cost`, or "" where a normal name says no price at all."""
    if not (re.search(_WORD, name) or re.fullmatch(_BARE, name)) or re.search(_NOT, name):
        return ""
    if re.search(r"\bsale price|sales price|selling price|sprzedazy|price sale", name) and "list" not in name:
        return "sale" if re.search(r"\bsale price|price sale", name) else "now"
    return next((kind for kind, pattern in _KINDS.items() if re.search(pattern, name)), "now")


STRENGTH = {"now": 1.0, "sale": 0.95, "net": 0.8, "list": 0.8, "cost": 0.55}
"""How much each kind says that a column is the price, where no other column is a better one."""

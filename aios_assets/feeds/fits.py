"""Fits: how well a column's values suit each field, by themselves and whatever the column is called."""

from collections.abc import Callable

from aios_assets.feeds.looks import Look

FEW_ROWS = 20
"""Below so many rows shares say little."""

Fit = Callable[[Look, str], tuple[float, str]]
"""From a look and the kind of feed to 0…1, and why."""


def _sku(each: Look, kind: str) -> tuple[float, str]:
    mostly = each.distinct > 0.9 or (each.rows < FEW_ROWS and each.distinct >= 0.75)  # one that repeats is much of few
    alike = 1.0 if kind == "sales" or each.distinct > 0.999 else 0.7 if mostly else 0.2
    shape = each.code * (0.3 if each.cents > 0.3 or each.date > 0.5 or each.url > 0.1 else 1.0)
    whole = 1.0 if each.fill > 0.999 else 0.6 if each.fill > 0.9 else 0.2
    return (
        alike * shape * whole,
        f"{each.distinct:.0%} distinct, {each.fill:.0%} filled, {each.code:.0%} short codes",
    )


def _title(each: Look, kind: str) -> tuple[float, str]:
    words = 1.0 if 2 <= each.words <= 30 else 0.5 if each.words > 1.3 else 0.1
    varied = 1.0 if kind == "sales" or each.distinct > 0.8 else 0.6 if each.distinct > 0.4 else 0.3
    size = 1.0 if 8 <= each.length <= 200 else 0.4
    text = (
        each.letters
        * (1 - each.money)
        * (1.0 if each.alpha > 0.5 else 0.5)
        * (1 - each.url)
        * (1 - min(1.0, 2 * each.markup))
    )
    why = f"{each.words:.1f} words, {each.distinct:.0%} distinct"
    return words * varied * size * text * min(1.0, each.fill + 0.05), why


def _description(each: Look, kind: str) -> tuple[float, str]:
    del kind
    long = 1.0 if each.words > 12 or each.markup > 0.3 else 0.5 if each.words > 5 else 0.2
    return long * each.letters, f"{each.words:.0f} words"


def _price(each: Look, kind: str) -> tuple[float, str]:
    varied = (
        kind == "sales" or each.distinct * each.rows > 5 or each.rows < FEW_ROWS
    )  # shipping costs are a few amounts
    looks = 0.0 if not varied else 1.0 if each.signed > 0.5 else 0.9 if each.cents > 0.6 and each.retail > 0.35 else 0.0
    looks = looks or (0.6 if each.cents > 0.3 else 0.25)
    why = f"{each.money:.0%} amounts, {each.signed:.0%} with a currency, {each.cents:.0%} with cents"
    return looks * each.money * (0.2 if each.gtin > 0.5 or each.date > 0.5 else 1.0), why


def _brand(each: Look, kind: str) -> tuple[float, str]:
    del kind
    short = 1.0 if each.words <= 3.6 and each.length <= 40 else 0.2
    few = 1.0 if each.distinct < 0.6 else 0.5
    return short * few * each.letters * (1 - each.url) * (1 - each.money), f"short names, {each.distinct:.0%} distinct"


def _model(each: Look, kind: str) -> tuple[float, str]:
    del kind
    shape = each.code * each.digits * (1 - each.gtin) * (0.3 if each.cents > 0.3 or each.money > 0.9 else 1.0)
    return shape, f"{each.code:.0%} short codes"


def _share(name: str) -> Fit:
    def fit(each: Look, kind: str) -> tuple[float, str]:
        del kind
        share = float(getattr(each, name))
        return share, f"{share:.0%} {name}"

    return fit


def _url(each: Look, kind: str) -> tuple[float, str]:
    del kind
    page = each.url * (1.0 if each.picture < 0.5 else 0.1) * (1.0 if each.distinct > 0.8 else 0.4)
    return page, f"{each.url:.0%} addresses"


def _text(each: Look, kind: str) -> tuple[float, str]:
    del kind
    return 0.6 * (1 - each.url), "any text"


def _currency_code(each: Look, kind: str) -> tuple[float, str]:
    del kind
    return each.signed * (each.length == 3) * (each.digits == 0), f"{each.signed:.0%} currency codes"


_FITS: dict[str, Fit] = {
    "sku": _sku,
    "title": _title,
    "description": _description,
    "price": _price,
    "brand": _brand,
    "model": _model,
    "gtin": _share("gtin"),
    "image": _share("picture"),
    "url": _url,
    "category": _share("path"),
    "currency": _currency_code,
    "quantity": _share("integer"),
    "sold_at": _share("date"),
}
BY_VALUE = frozenset({"sku", "title", "description", "price", "brand", "gtin", "image", "url", "category", "currency"})
"""Fields that values alone can show."""


def fit(field: str, each: Look, kind: str) -> tuple[float, str]:
    """How well the column's values suit this field, and why."""
    return _FITS.get(field, _text)(each, kind)

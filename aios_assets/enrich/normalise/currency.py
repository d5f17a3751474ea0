# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Currency: ISO 4217 codes from codes, names and symbols; a symbol that several countries share names none of them."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from aios_assets.enrich.normalise.answer import answer, of_distinct, texts
from aios_assets.enrich.normalise.words import words

RULES: Final[Mapping[str, str]] = {
    "currency/written": "the code, name or symbol written beside the amount names one currency",
    "currency/column": "the currency column of the same row names it",
    "currency/declared": "the mapping of the feed declares it, and the row says nothing else",
    "currency/unknown": "nothing in the row or the mapping names a currency",
    "currency/ambiguous": "the symbol is that of several currencies, and neither column nor mapping picks one",
    "currency/conflict": "the row names two currencies that cannot both be right",
    "currency/unreadable": "what stands there is no currency's code, name or symbol",
}
"""Rules in words; the last four refuse."""

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD
IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF
YER ZAR ZMW
"""
CODES: Final = words(_CODES)
"""Active national currencies of ISO 4217."""

_NO_MINOR = words("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")
_THREE_MINOR = words("BHD IQD JOD KWD LYD OMR TND")
_ALSO_WORDS = words("ALL TOP TRY CUP GEL MAD PEN SOS BAM BOB LAK")

_DOLLARS = (
    "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP BBD BSD BMD BND BZD DOP FJD GYD JMD KYD LRD NAD SBD SRD TTD UYU XCD"
)
_SYMBOLS: Mapping[str, str] = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eu€": "EUR", "£": "GBP", "gb£": "GBP", "₤": "GBP",
    "pounds": "GBP", "$": _DOLLARS, "us$": "USD", "$us": "USD", "u$s": "USD", "usd$": "USD", "dollar": _DOLLARS,
    "dollars": _DOLLARS, "c$": "CAD", "ca$": "CAD", "can$": "CAD", "cad$": "CAD", "$ca": "CAD", "a$": "AUD",
    "au$": "AUD", "aud$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "sg$": "SGD", "nt$": "TWD", "r$": "BRL",
    "mx$": "MXN", "mex$": "MXN", "ar$": "ARS", "cl$": "CLP", "clp$": "CLP", "col$": "COP", "cop$": "COP",
    "reais": "BRL", "¥": "JPY CNY", "￥": "JPY CNY", "円": "JPY", "jp¥": "JPY", "yen": "JPY", "元": "CNY", "cn¥": "CNY",
    "rmb": "CNY", "人民币": "CNY", "₹": "INR", "rs": "INR PKR LKR NPR MUR SCR", "rupees": "INR PKR LKR NPR MUR SCR",
    "₨": "PKR LKR NPR MUR SCR", "रु": "INR NPR", "৳": "BDT", "zł": "PLN", "zl": "PLN", "złotych": "PLN",
    "złoty": "PLN", "złote": "PLN", "kč": "CZK", "kc": "CZK", "korun": "CZK", "ft": "HUF", "forint": "HUF",
    "lei": "RON MDL", "leu": "RON MDL", "лв": "BGN", "лева": "BGN", "₽": "RUB", "руб": "RUB", "рублей": "RUB",
    "р": "RUB", "₴": "UAH", "грн": "UAH", "₸": "KZT", "тг": "KZT", "₺": "TRY", "tl": "TRY", "lira": "TRY",
    "kr": "SEK NOK DKK ISK", "kronor": "SEK", "kroner": "NOK DKK", "skr": "SEK", "nkr": "NOK", "dkr": "DKK",
    "sfr": "CHF", "fr": "CHF", "franken": "CHF", "₩": "KRW", "￦": "KRW", "원": "KRW", "฿": "THB", "บาท": "THB",
    "₫": "VND", "đ": "VND", "vnđ": "VND", "₪": "ILS", "nis": "ILS", "₱": "PHP", "₦": "NGN", "₵": "GHS", "gh₵": "GHS",
    "ksh": "KES", "tsh": "TZS", "ush": "UGX", "r": "ZAR", "rp": "IDR", "rm": "MYR", "s/": "PEN", "bs": "BOB VES", "₾": "GEL",
    "₼": "AZN", "֏": "AMD", "₮": "MNT", "₲": "PYG", "₡": "CRC", "د.إ": "AED", "درهم": "AED MAD", "dhs": "AED",
    "dh": "AED MAD", "ر.س": "SAR", "ريال": "SAR QAR OMR YER IRR", "ریال": "IRR", "د.ك": "KWD", "ج.م": "EGP", "د.م": "MAD",
    "le": "EGP SLE", "din": "RSD", "дин": "RSD", "ден": "MKD", "km": "BAM",
}  # fmt: skip

_ABBREVIATED = words(
    "s/ bs rs fr sfr kr dkr skr nkr руб р лв грн тг din дин ден dhs dh rp tl zł zl kč kc ft ج.م د.م ر.س د.إ د.ك"
)
_HUNDREDTHS = words("GBp GBX ZAc ILa")
"""How exchanges write hundredths of a currency: nearly its code, and a hundred times less."""
CONFLICT: Final = "!"
"""Stands for the codes of a cell whose own tokens contradict each other."""

TOKENS: Final[Mapping[str, str]] = {
    **{code.lower(): code for code in CODES - _ALSO_WORDS},
    **{code: code for code in CODES},
    **_SYMBOLS,
}
"""Every written form with the codes it may stand for, apart by spaces; codes that are words count in capitals only."""


def candidates(token: str) -> str | None:
    """The codes that a written token may stand for, apart by spaces; None where it is no currency's."""
    bare = token.strip()
    if bare.endswith("."):
        bare = bare.rstrip(".").rstrip()
        if bare.lower() not in _ABBREVIATED:
            return None  # "EUR.99" is 0.99, not 99
    if bare in _HUNDREDTHS:
        return None
    known = TOKENS.get(bare) or (None if bare.upper() in _ALSO_WORDS else TOKENS.get(bare.lower()))
    return known or _doubled(bare)


def _doubled(token: str) -> str | None:
    """The code of a token that says it twice, as code and as symbol: `MXN$`, `€EUR`; None for any other."""
    for code, symbol in ((token[:3], token[3:]), (token[-3:], token[:-3])):
        if symbol and code.upper() in CODES and code.upper() in TOKENS.get(symbol, "").split():
            return code.upper()
    return None


def minor_digits(codes: str) -> int:
    """The most decimals that an amount in any of these currencies has (ISO 4217 minor units)."""
    return max(3 if code in _THREE_MINOR else 0 if code in _NO_MINOR else 2 for code in codes.split())


def read(raw: pl.Series, *, declared: str | None = None) -> pl.Series:
    """The currency that each cell of a currency column names, as answers of ISO 4217 codes.

    `declared` is what the mapping says of the whole feed: it fills empty cells and picks among the owners of a shared
    symbol; a cell that names another currency keeps its own.
    """
    cells = pl.DataFrame({"raw": texts(raw)})
    return of_distinct(cells, lambda distinct: _read(distinct, declared)).to_series().alias(raw.name)


def _read(distinct: pl.DataFrame, declared: str | None) -> pl.DataFrame:
    told = [_decide(None if cell is None else cell.strip(), declared) for cell in distinct["raw"]]
    table = pl.DataFrame(told, schema={"value": pl.String, "by": pl.String}, orient="row")
    return distinct.hstack(table).select(
        answer(pl.col("value"), pl.String, by=pl.col("by"), raw=pl.col("raw")).alias("currency")
    )


def _decide(cell: str | None, declared: str | None) -> tuple[str | None, str]:
    if not cell:
        return decide("", "", declared)
    codes = candidates(cell)
    return (None, "currency/unreadable") if codes is None else decide("", codes, declared)


def decide(written: str, column: str, declared: str | None) -> tuple[str | None, str]:
    """One code and its rule from the candidates in the cell, those in the row's column, and the mapping's word."""
    sources = [set(part.split()) for part in (written, column) if part]
    if not sources:
        return (declared, "currency/declared") if declared else (None, "currency/unknown")
    both = set.intersection(*sources)
    if not both or CONFLICT in both:
        return None, "currency/conflict"
    if len(both) == 1:
        by = "currency/written" if written in both else "currency/column"
        return both.pop(), by
    return (declared, "currency/declared") if declared in both else (None, "currency/ambiguous")

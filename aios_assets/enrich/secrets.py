"""Secrets: keys, tokens and passwords in columns of text, by the prefixes of those who issue them and by the words beside.

Types: `key` (issued keys and tokens), `pem` (private keys), `jwt`, `password` (what follows "password=", the userinfo of a
link, random strings beside "secret", "token", "api key").
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from aios_assets.enrich.personal.scan import Detector, Scanner, readable
from aios_assets.enrich.personal.signs import Among
from aios_assets.enrich.personal.span import Span

TYPES = ("pem", "jwt", "key", "password")
"""What is looked for, in order of precedence where two overlap."""

_ISSUED = (
    r"(?:AKIA|ASIA|AROA|AIDA|AGPA|ABIA|ACCA)[A-Z2-7]{16}|gh[pousr]_[A-Za-z0-9]{36,251}|"
    r"github_pat_[A-Za-z0-9_]{22,244}|glpat-[A-Za-z0-9_-]{20,64}|"
    r"xox[abeoprs]-(?=[A-Za-z-]{0,40}[0-9])[A-Za-z0-9-]{10,250}|xapp-[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[a-f0-9]{32,64}|"
    r"hooks\.slack\.com/services/[A-Za-z0-9/]{20,80}|"
    r"[srp]k_(?:live|test)_[A-Za-z0-9]{16,247}|whsec_[A-Za-z0-9+/=]{24,64}|AIza[A-Za-z0-9_-]{35}|"
    r"ya29\.[A-Za-z0-9_-]{20,250}|GOCSPX-[A-Za-z0-9_-]{28}|"
    r"sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,250}|hf_[A-Za-z0-9]{30,40}|npm_[A-Za-z0-9]{36}|"
    r"pypi-AgE[A-Za-z0-9_-]{50,250}|dop_v1_[a-f0-9]{64}|"
    r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}|(?:AC|SK)[a-f0-9]{32}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}|"
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|"
    r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|EAACEdEose0cBA[A-Za-z0-9]{8,200}|AccountKey=[A-Za-z0-9+/=]{40,120}|"
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}"
)
_KEY = re.compile(rf"(?<![A-Za-z0-9_])(?:{_ISSUED})(?![A-Za-z0-9])")
_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,4096})?")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")

_ASKED = (
    r"pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|mot de passe|contrase(?:ñ|n)a|senha|has(?:ł|l)o|wachtwoord"
)
_RANDOM = (
    r"api[ _-]?key|apikey|secret|access[ _-]?key|auth(?:orization)?|bearer|token|client[ _-]?secret|"
    r"private[ _-]?key|credentials?"
)
_PASSWORD = re.compile(
    rf"(?i)(?<![A-Za-z0-9])(?:[A-Za-z0-9]{{1,20}}_)?(?:{_ASKED}) ?(?P<sign>[:=]{{1,2}}|is:)"
    rf" ?[\"']?(?P<value>[^\s\"'<>,;\[\]]{{4,128}})"
)
_BESIDE = re.compile(
    rf"(?i)(?<![A-Za-z0-9])(?:[A-Za-z0-9]{{1,20}}_)?(?:{_RANDOM})(?![A-Za-z])"
    rf"[\"']?[ :=]{{1,4}}(?:bearer )?[\"']?(?P<value>[A-Za-z0-9+/=_.~-]{{16,512}})"
)
_LINK = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@\[\]]{1,64}:(?P<value>[^\s/@\[\]]{1,128})"
    r"@[A-Za-z0-9.-]{1,253}"
)
_SAID = re.compile(
    r"(?i)(?:protected|protection|required|manager|none|reset|recovery|length|yes|no|n/a|optional|supported|"
    r"enabled|disabled|security|lock(?:ed)?)\W*$"
)


def _issued(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _KEY.finditer(text):
        if len(set(found[0][4:])) > 5:
            yield Span(found.start(), found.end(), "key")
    for found in _JWT.finditer(text):
        yield Span(found.start(), found.end(), "jwt")
    for begin in _PEM_BEGIN.finditer(text):
        end = _PEM_END.search(text, begin.end())
        yield Span(begin.start(), end.end() if end else len(text), "pem")


def _said(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _PASSWORD.finditer(text):
        value = found["value"].rstrip(".!?)")
        kinds = sum(bool(re.search(kind, value)) for kind in (r"[a-zäöü]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
        if len(value) >= 4 and not _SAID.match(value) and (kinds >= 2 or "=" in found["sign"]):
            yield Span(found.start("value"), found.start("value") + len(value), "password")
    for found in _BESIDE.finditer(text):
        if is_random(found["value"]):
            yield Span(found.start("value"), found.end("value"), "password")
    for found in _LINK.finditer(text):
        yield Span(found.start("value"), found.end("value"), "password")


def is_random(text: str) -> bool:
    """Whether the text looks drawn by lot: letters and digits mixed, and 3 bits a character or more (Shannon)."""
    if not (re.search(r"[0-9]", text) and re.search(r"[A-Za-z]", text)):
        return False
    share = [count / len(text) for count in Counter(text).values()]
    return -sum(part * math.log2(part) for part in share) >= 3


ISSUED = Detector(
    gates=(
        (
            r"A(?:KIA|SIA|ROA|IDA|GPA|BIA|CCA)[A-Z2-7]{8}|gh[pousr]_[A-Za-z0-9]{8}|github_pat_|glpat-|xox[abeoprs]-|"
            r"xapp-|hooks\.slack|[srp]k_(?:live|test)_|whsec_|"
            r"AIza[A-Za-z0-9_-]{8}|ya29\.|GOCSPX-|sk-[A-Za-z0-9_-]{20}|hf_[A-Za-z0-9]{8}|npm_[A-Za-z0-9]{8}|pypi-AgE|"
            r"dop_v1_|SG\.[A-Za-z0-9_-]{8}|(?:AC|SK)[a-f0-9]{16}|"
            r":AA[A-Za-z0-9_-]{8}|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|EAACEdEose0cBA|AccountKey=|AGE-SECRET-KEY|"
            r"eyJ[A-Za-z0-9_-]{8}|-----BEGIN "
        ),
    ),
    scan=_issued,
)
SAID = Detector(
    gates=(
        (
            rf"(?i)(?:{_ASKED}) ?(?:[:=]|is:)|(?:{_RANDOM})[\"']?[ :=]{{1,4}}(?:bearer )?[\"']?[A-Z0-9+/=_.~-]{{16}}|"
            rf"://[^ /@]{{1,64}}:[^ /@]{{1,128}}@"
        ),
    ),
    scan=_said,
)
SCANNER = Scanner(TYPES, ((Among.ISSUED, (ISSUED, SAID)),))


def find(values: pl.Series) -> pl.DataFrame:
    """Every secret in a column of text, as `personal.SPANS`: row, start, end (characters), type, text."""
    return SCANNER.find(values)


def count(values: pl.Series) -> int:
    """How many values hold a secret: above zero exactly where `find` finds something."""
    return len(SCANNER.rows(readable(values)))


__all__ = ["SCANNER", "TYPES", "count", "find", "is_random"]

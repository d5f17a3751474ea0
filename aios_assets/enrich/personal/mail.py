"""Mail and IP addresses."""

import ipaddress
import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.span import Span, readable_mail

_LOCAL = re.compile(r"[\w.!#$%&'*+^`{}~-]{1,64}")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:(?:@|\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?)[\w-]{1,63}(?:(?:\.|\s?[\[({]\s?(?:dot|"
    r"punkt|punto|point)\s?[\])}]\s?"
    r"|\sdot\s)[\w-]{1,63}){1,4}|\sat\s[\w-]{1,63}(?:\sdot\s[\w-]{1,63}){1,4})",
    re.IGNORECASE,
)
_NO_DOMAIN = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "bmp", "tif", "tiff", "ico", "mp3", "mp4"})
"""Endings of file names that stand after an @: `icon@2x.png`."""


def _mails(text: str, _: Sequence[Span]) -> Iterator[Span]:
    at = text.find("@")
    while at >= 0:
        before = _LOCAL.match(text[max(0, at - 64) : at][::-1])
        after = _DOMAIN.match(text, at + 1)
        if before and after:
            local = before[0][::-1].lstrip(".'*`{}-")
            domain = after[0].rstrip(".-_")
            if local and _is_domain(domain):
                yield Span(at - len(local), at + 1 + len(domain), "mail")
        at = text.find("@", at + 1)
    for spelled in _SPELLED.finditer(text):
        if _is_domain(readable_mail(spelled[0]).rpartition("@")[2]):
            yield Span(spelled.start(), spelled.end(), "mail")


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    last = labels[-1]
    top = last.startswith("xn--") or (2 <= len(last) <= 24 and last.isalpha())
    return len(labels) > 1 and top and all(labels) and last.lower() not in _NO_DOMAIN and "_" not in last


MAIL = Detector(
    gates=(r"@|(?i:[\[({]\s?(?:at|ät)\s?[\])}]|\sdot\s)",),
    scan=_mails,
)

_FOUR = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])")
_SIX = re.compile(r"(?<![\w:])[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{1,4}(?![\w:])")
_NETWORK = re.compile(
    r"(?i)(?:\bip|address|adress|host|server|client|login|logged|from|peer|visitor|user)[\w ._:=?%/!*|\\-]{0,24}$"
)
_RELEASE = re.compile(r"(?i)(?:\bv|ver|version|release|rev|firmware|build|update|software|driver|patch)[ .:-]{0,3}$")


def _networks(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _FOUR.finditer(text):
        if _is_public(found[0]) and not _RELEASE.search(text[max(0, found.start() - 16) : found.start()]):
            near = _NETWORK.search(text[max(0, found.start() - 40) : found.start()])
            if near or sum(len(part) > 1 for part in found[0].split(".")) >= 3:
                yield Span(found.start(), found.end(), "ip")
    for found in _SIX.finditer(text):
        if _is_public(found[0]):
            yield Span(found.start(), found.end(), "ip")


def _is_public(text: str) -> bool:
    """Whether it is an address of the public internet; those of home networks and manuals are nobody's."""
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


IP = Detector(
    gates=(r"[0-9]\.[0-9]+\.[0-9]+\.[0-9]|[0-9A-Fa-f]:[0-9A-Fa-f]*:",),
    scan=_networks,
)

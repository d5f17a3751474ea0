"""Markup: HTML to text, one layer of it; who wants all layers asks until nothing changes.

Tags that HTML, SVG or MathML know are taken out with what is never shown (scripts, styles, comments); a `<` that no
known tag explains stays text, with a space behind it so that no reader downstream takes it for one.
"""

import html
from html.entities import html5
from typing import Final

import polars as pl

_DROPPED = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "textarea", "select")
_BLOCK = (
    "address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|html|legend|li|main|menu|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|animate|animatetransform|area|audio|b|base|bdi|bdo|big|button|canvas|cite|code|col|colgroup|data|"
    "datalist|del|dfn|dialog|em|embed|font|foreignobject|frame|frameset|i|iframe|image|img|input|ins|kbd|label|link|map|"
    "mark|marquee|meta|meter|nobr|noscript|object|optgroup|output|param|picture|progress|q|rp|rt|ruby|s|samp|script|"
    "select|set|slot|small|source|span|strike|strong|style|sub|sup|svg|math|template|textarea|time|title|track|tt|u|use|var|"
    "video|wbr|xmp|head|plaintext|noframes|basefont|bgsound|blink|keygen|isindex|applet|layer"
)
_INSIDE = r"""(?:[\s/](?:(?:"[^"<]*"|'[^'<]*'|[^'"<>])*|[^<>]*))?"""
_NAMESPACED = r"(?:[a-zA-Z]{1,12}:[a-zA-Z][\w\-]*)"
_TAGS = rf"(?i)</?(?:{_INLINE}|{_NAMESPACED})\s*{_INSIDE}>"
_BLOCKS = rf"(?i)</?(?:{_BLOCK})\s*{_INSIDE}>"
_ATTRIBUTED = r"(?i)</?[a-z][a-z0-9\-]*\s(?:[^<>]*\s)?[a-z\-]+\s*=[^<>]*>"
_HIDDEN = r"(?s)<!--.*?-->|<\?[a-zA-Z][^<>]*\?>|(?i:<!doctype[^<>]*>)"
_CDATA = r"(?s)<!\[CDATA\[(.*?)\]\]>"
_LOOSE = r"<([a-zA-Z/!?])"
_BARE = "(?i)&(amp|lt|gt|quot|nbsp|apos)(?:;|\\b)"
_ENTITY = "&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

MARKED: Final = "[<&]"
"""What a text with markup in it contains at the least."""


def strip(text: pl.Expr) -> pl.Expr:
    """The text with its tags taken out: block tags become line ends, comments, scripts and their like nothing."""
    for name in _DROPPED:
        text = text.str.replace_all(rf"(?is)<{name}\b[^<>]*>.*?</{name}\s*>", " ")
    return (
        text.str.replace_all(_CDATA, "$1")
        .str.replace_all(_HIDDEN, " ")
        .str.replace_all(_BLOCKS, "\n")
        .str.replace_all(_TAGS, "")
        .str.replace_all(_ATTRIBUTED, " ")
        .str.replace_all(_LOOSE, "< $1")
    )


def unescape(texts: pl.Series) -> pl.Series:
    """Each text with its character references resolved: named ones of HTML 5 and numeric ones, one layer."""
    spelled = texts.str.replace_all(_BARE, "&$1;").str.replace_all("(?i)&(?:amp;)+", "&")
    found = spelled.str.extract_all(_ENTITY).explode(empty_as_null=True).drop_nulls().unique().sort()
    # A number that stands for no character (0, a surrogate) is nothing, and never a silent U+FFFD.
    meant = {each: html.unescape(each).replace("\ufffd", "") for each in found if each[1] == "#" or each[1:] in html5}
    return spelled.str.replace_many(list(meant), list(meant.values())) if meant else spelled

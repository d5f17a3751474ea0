"""Encoding: in which one a delivery's text is written, from its first bytes."""

import re

import charset_normalizer
import numpy as np

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_COMMON = "\u2013\u2014\u2018\u2019\u00d7\u00a0„“”…€®™°·«»"
_LATIN = {
    "cp1252": "äöüßéèêëàâçñóíáúìòùôîïûæøåãõœÄÖÜÉÈÀÇÅØÓ£§²³½¼",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČŘŠŽőűäöüßăâîşţ",
    "cp1254": "çğıöşüÇĞİÖŞÜâ",
    "cp1257": "āčēģīķļņšūžąęėįųõäöü",
}
_ODD = re.compile(r"(?<=[^\W\d_]{3})[²³]|[²³](?=[^\W\d_])|£(?=[^\W\d_])")
"""A power or a pound inside a word: `Tytu³`, `g³ówna` and `£ód` are Polish that was read as Western Europe's."""
_OTHER = ("cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr", "euc_jp")


def encoding_of(head: bytes, *, fixed: str) -> tuple[int, str]:
    """The byte order mark's length and the encoding (`fixed`, where the mapping names one)."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return len(mark), fixed or encoding
    if fixed:
        return 0, fixed
    units = np.frombuffer(head[: len(head) // 2 * 2], np.uint8).reshape(-1, 2)
    if len(units) >= 4:
        zeros = (units == 0).mean(axis=0)
        if zeros.max() > 0.4 and zeros.min() < 0.1:
            return 0, "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.start >= len(head) - 3 and error.reason == "unexpected end of data"
        return 0, "utf-8" if cut else _older(head)
    return 0, "utf-8"


def _older(head: bytes) -> str:
    """Mostly valid UTF-8 stays UTF-8, and its damaged lines go to the rejects; else the likeliest older encoding.

    Latin letters with accents stand alone among plain ones, other scripts stand together.
    """
    lines = [line for line in head.split(b"\n") if not line.isascii()]
    if sum(map(_is_utf8, lines)) * 2 > len(lines):
        return "utf-8"
    sample = b"\n".join(lines)[: 64 * 1024]
    high = np.frombuffer(sample, np.uint8) > 127
    together = (high[1:] & high[:-1]).sum() / high.sum()
    fits = {name: round(_fit(sample, name), 2) for name in _LATIN}
    latin = max(fits, key=lambda name: fits[name])
    if together < 0.7 and fits[latin] > 0.7:
        return latin
    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_OTHER)).best()
    return latin if best is None else best.encoding


def _fit(sample: bytes, name: str) -> float:
    """Which share of the special characters are letters of the languages that this encoding was made for."""
    text = sample.decode(name, "replace")
    special = [character for character in text if character > "\x7f"]
    fit = sum(character in _LATIN[name] or character in _COMMON for character in special)
    return (fit - len(_ODD.findall(text))) / max(len(special), 1)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""Canonical JSON (RFC 8785) of values without fractions: the same value is always the same bytes."""

from typing import Any

import orjson
import rfc8785

from audit.errors import NotCanonical

DEEPEST = 64
"""Levels of nesting that an entry may have; hostile JSON has thousands."""

_BIGGEST = 2**53 - 1
_SCALARS = frozenset({str, int, bool, type(None)})
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a plain JSON value.

    Plain is dict with str keys, list, tuple, str, int up to 2^53 - 1 either way, bool, None; not a subclass of these,
    no float, no lone surrogate. Raises NotCanonical, which names the place.
    """
    try:
        # orjson sorts keys by code point, RFC 8785 by UTF-16 unit: the same for ASCII, and only there taken for granted
        if _ascii_keys(value, DEEPEST):
            return orjson.dumps(value, option=_OPTIONS)
        return rfc8785.dumps(value)
    except (_Unplain, orjson.JSONEncodeError, rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(*_culprit(value, "the value", DEEPEST)) from error


class _Unplain(Exception):
    """Found a value that is not plain."""


def _ascii_keys(value: Any, deeper: int) -> bool:
    """Whether every key is ASCII; raises _Unplain for types that orjson would take and RFC 8785 would not."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if not deeper:
        raise _Unplain
    ascii_only = True
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise _Unplain
            if not key.isascii():
                ascii_only = False
            if type(item) not in _SCALARS and not _ascii_keys(item, deeper - 1):
                ascii_only = False
    elif kind is list or kind is tuple:
        for item in value:
            if type(item) not in _SCALARS and not _ascii_keys(item, deeper - 1):
                ascii_only = False
    else:
        raise _Unplain
    return ascii_only


def _culprit(value: Any, where: str, deeper: int) -> tuple[str, str]:
    """The first value that is not plain: where it stands and what it is. Empty strings if there is none."""
    kind = type(value)
    if kind not in (dict, list, tuple):
        return where, _wrong(value)
    if not deeper:
        return where, f"nested more than {DEEPEST} deep"
    for key in value if kind is dict else ():
        if type(key) is not str or _wrong(key):
            return where, f"a dict with the key {key!a}"
    items = value.items() if kind is dict else enumerate(value)
    found = (_culprit(item, f"{where}[{key!r}]", deeper - 1) for key, item in items)
    return next((culprit for culprit in found if culprit[1]), (where, ""))


def _wrong(value: Any) -> str:
    """What is wrong with a scalar; empty if nothing is."""
    kind = type(value)
    if kind is str:
        return "text with a lone surrogate" if any("\ud800" <= letter <= "\udfff" for letter in value) else ""
    if kind is int:
        return f"an integer of {value.bit_length()} bits" if abs(value) > _BIGGEST else ""
    if kind is float:
        return f"the float {value}"
    return "" if kind in _SCALARS else f"of type {kind.__name__}"

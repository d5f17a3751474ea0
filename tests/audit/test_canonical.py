"""Canonical JSON: byte for byte what the reference implementation writes, and a clear no to the rest."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import DEEPEST, canonical
from audit.errors import NotCanonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
odd = st.sampled_from(
    ["", "\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6", "</script>", "\x00\x1f\x7f\u2028"]
)
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts | odd
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(texts | odd, inner, max_size=5),
    max_leaves=20,
)


@settings(deadline=None, max_examples=400)
@given(plain)
def test_bytes_are_those_of_the_reference_implementation(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@settings(deadline=None, max_examples=100)
@given(plain)
def test_what_is_canonical_stays_so(value: Any) -> None:
    data = canonical(value)
    assert canonical(orjson.loads(data)) == data


def test_keys_are_sorted_by_utf16_units_as_the_rfc_shows() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6"]
    told = orjson.loads(canonical(dict.fromkeys(keys, 0)))
    assert list(told) == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]


class Colour(StrEnum):
    RED = "red"


def deep(levels: int, inner: Any = 0) -> Any:
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    ("value", "where", "what"),
    [
        (1.5, "the value", "the float 1.5"),
        ({"share": float("nan")}, "the value['share']", "nan"),
        ({"a": [1, {"b": float("inf")}]}, "the value['a'][1]['b']", "inf"),
        ({"a": "\ud800"}, "the value['a']", "lone surrogate"),
        ({"\udfff": 1}, "the value", "the key"),
        ({"\udfff": 1, "\u20ac": 1}, "the value", "the key"),
        ({1: 1}, "the value", "the key 1"),
        ({"a": 2**53}, "the value['a']", "54 bits"),
        ({"\u20ac": -(2**53)}, "the value", "54 bits"),
        ([Decimal("1.10")], "the value[0]", "Decimal"),
        ([datetime(2026, 1, 1, tzinfo=UTC)], "the value[0]", "datetime"),
        ((Colour.RED,), "the value[0]", "Colour"),
        ({"a": {1, 2}}, "the value['a']", "set"),
        (b"bytes", "the value", "bytes"),
        (deep(3000), "the value", f"more than {DEEPEST} deep"),
    ],
)
def test_what_has_no_canonical_form_is_named_with_its_place(value: Any, where: str, what: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical(value)
    assert caught.value.where.startswith(where)
    assert what in caught.value.what


def test_nesting_up_to_the_limit_is_held() -> None:
    assert canonical(deep(DEEPEST)) == b"[" * DEEPEST + b"0" + b"]" * DEEPEST

"""Redact: nothing detectable is left, equal stays equal, the rest stays as it was."""

import hashlib
from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich import personal, secrets
from aios_assets.enrich.redact import tokenise, tokenise_frame

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
DATA = [
    "jane@example.com",
    "+1 415 555 0132",
    "GB82 WEST 1234 5698 7654 32",
    "4111 1111 1111 1111",
    "SSN 078-05-1120",
    "Mr. John Smith said",
    "ship to 742 Evergreen Terrace, Springfield, IL 62704",
    "born on 12 March 1984",
    "password=hunter2x",
    "Ansprechpartner: Petra Müller",
    "from 84.112.33.201",
]


def tokens(kind: str, values: Sequence[str]) -> list[str]:
    digests = [hashlib.sha256(f"{kind}\0{personal.normal(kind, value)}".encode()).hexdigest() for value in values]
    return [f"[{kind}:{digest[:24].translate(LETTERS)}]" for digest in digests]


def test_each_datum_becomes_its_token_and_the_rest_stays() -> None:
    values = pl.Series("title", ["Sony TV, call Jane@Example.com", None, "plain", "jane\u200b@example.com!"])
    [token] = tokens("mail", ["jane@example.com"])
    assert tokenise(values, tokens).to_list() == [f"Sony TV, call {token}", None, "plain", f"{token}!"]


def test_a_frame_keeps_its_shape_and_other_columns() -> None:
    frame = pl.DataFrame({"sku": ["1"], "price": [4.2], "text": ["mail a@b.de"]})
    answer = tokenise_frame(frame, tokens)
    assert answer.schema == frame.schema
    assert answer.drop("text").equals(frame.drop("text"))
    assert personal.count(answer["text"]) == 0


TEXTS = st.lists(
    st.one_of(st.sampled_from(DATA), st.text(max_size=10), st.sampled_from([" ", "\n", ", ", "\u200b", "[", "]", "="])),
    max_size=5,
).map("".join)


@given(st.lists(st.one_of(st.none(), TEXTS), max_size=4))
@settings(max_examples=150, deadline=None)
def test_nothing_detectable_is_left_and_again_changes_nothing(values: list[str | None]) -> None:
    series = pl.Series(values, dtype=pl.String)
    once = tokenise(series, tokens)
    assert personal.count(once) == 0
    assert secrets.count(once) == 0
    assert tokenise(once, tokens).to_list() == once.to_list()
    untouched = [
        i for i in range(len(values)) if not personal.count(series[i : i + 1]) + secrets.count(series[i : i + 1])
    ]
    assert [once[i] for i in untouched] == [values[i] for i in untouched]

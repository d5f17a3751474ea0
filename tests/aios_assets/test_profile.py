"""Profile: what is measured of a draft, and that no type, tag or name hides personal data from being measured."""

import random

import polars as pl
import pytest

from aios_assets.profile import profile
from policies.candidate import ColumnFacts
from policies.contract import ATTEMPT, FINGERPRINT, Column, Contract

MAIL = "anna.schmidt@example.com"
KEY = "AKIAIOSFODNN7EXAMPLQ"


def facts(values: pl.Series, column: Column) -> ColumnFacts:
    """What is measured of one column."""
    contract = Contract(key="id", columns=(Column("id", pl.String), column))
    frame = pl.DataFrame([pl.Series("id", [str(n) for n in range(len(values))]), values.alias(column.name)])
    frame = frame.with_columns(pl.lit(1).alias(FINGERPRINT), pl.lit("a").alias(ATTEMPT))
    return next(one for one in profile(frame, contract) if one.name == column.name)


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([MAIL, "kettle"]),
        pl.Series([f"write to {MAIL}", None]),
        pl.Series([[MAIL, "x"], ["y"]]),
        pl.Series([{"a": {"b": MAIL}}, {"a": {"b": "x"}}]),
        pl.Series([[{"a": MAIL}], None]),
        pl.Series([MAIL, "kettle"], dtype=pl.Categorical),
        pl.Series([MAIL, "kettle"], dtype=pl.Enum([MAIL, "kettle"])),
        pl.Series([MAIL.encode(), b"\xff\xfe"]),
        pl.Series([b"\xff" + MAIL.encode(), b"x"]),
    ],
    ids=lambda values: str(values.dtype)[:20],
)
def test_personal_data_is_found_in_every_type_that_can_hold_text(values: pl.Series) -> None:
    assert facts(values, Column("text", values.dtype)).personal == 1


@pytest.mark.parametrize("tags", [{"digest"}, {"token"}, {"text"}, {"digest", "token"}])
def test_a_tag_is_no_way_around_being_looked_at(tags: set[str]) -> None:
    assert facts(pl.Series([MAIL, "a1" * 16]), Column("text", pl.String, tags=tags)).personal == 1
    assert facts(pl.Series(["4111111111111111"]), Column("text", pl.String, tags=tags)).personal == 1


@pytest.mark.parametrize(
    "clear",
    [
        b"anna.schmidt@example.com, 12 Long Street",
        "Анна Шмидт, улица Ленина 12".encode(),
        "anna.schmidt@example.com".encode("utf-16"),
        "Ünal Çelik, Straße 12, 80331 München".encode("latin-1"),
        b"short",
        b"\x00\x01" * 20,
    ],
)
def test_a_sealed_column_is_one_of_ciphertext_and_no_tag_makes_it_so(clear: bytes) -> None:
    sealed = [random.Random(7).randbytes(60), None]
    assert facts(pl.Series([*sealed, clear]), Column("text", pl.Binary, tags={"sealed"})).personal == 1


def test_only_bytes_can_be_sealed() -> None:
    assert facts(pl.Series(["q8sk2", None]), Column("text", pl.String, tags={"sealed"})).personal == 1


def test_a_column_that_is_called_like_a_receipt_is_looked_at() -> None:
    assert facts(pl.Series([MAIL]), Column("shot__by", pl.String)).personal == 1


def test_secrets_are_counted() -> None:
    assert facts(pl.Series([KEY, "kettle", None]), Column("text", pl.String)).secrets == 1


@pytest.mark.parametrize(
    ("values", "tags"),
    [
        (pl.Series(["a3f5" * 16, None]), {"digest"}),
        (pl.Series(["p0123456789abcdef"]), {"digest"}),
        (pl.Series(["[mail:hbdpmcaklfogeninjabopcdk]"]), {"token"}),
        (pl.Series(["[mail:hbdpmcaklfogeninjabopcdk] is a kettle"]), {"text"}),
        (pl.Series([random.Random(7).randbytes(size) for size in range(28, 500)]), {"sealed"}),
        (pl.Series([1, 2]), set()),
        (pl.Series([], dtype=pl.String), {"text"}),
        (pl.Series([None, None], dtype=pl.String), {"text"}),
    ],
)
def test_what_is_clean_counts_nothing(values: pl.Series, tags: set[str]) -> None:
    told = facts(values, Column("text", values.dtype, tags=tags))
    assert (told.personal, told.secrets) == (0, 0)
    assert told.nulls == values.null_count()


def test_an_answered_column_tells_who_signed_and_how_sure() -> None:
    contract = Contract(key="id", columns=(Column("id", pl.String), Column("colour", pl.String, answered=True)))
    frame = pl.DataFrame(
        {
            "id": ["1", "2", "3"],
            "colour": ["red", "blue", None],
            "colour__by": ["rule:x", None, None],
            "colour__confidence": [0.7, None, None],
            "colour__evidence": [f"as {MAIL} says", None, None],
            FINGERPRINT: [1, 2, 3],
            ATTEMPT: ["a", "a", "a"],
        }
    )
    told = {one.name: one for one in profile(frame, contract)}
    assert (told["colour"].unsigned, told["colour"].lowest_confidence, told["colour"].nulls) == (1, 0.7, 1)
    assert told["colour__evidence"].personal == 1
    assert not told["colour__evidence"].answered
    assert [one.name for one in profile(frame, contract)] == contract.schema.names()

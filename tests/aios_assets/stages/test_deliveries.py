"""When deliveries were due, and how late they came: by their mapping's word, or by the rhythm of earlier ones."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from aios_assets.stages.deliveries import Slots, deliveries
from audit.checkpoint import Signer
from audit.ledger import Entry, Kind
from audit.sqlite import SqliteLedger

BY_SIX = {"every": "1d", "by": "06:00"}
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(tmp_path / "ledger.db", Signer("test", Ed25519PrivateKey.generate())) as opened:
        yield opened


def at(hours: float) -> datetime:
    """So many hours after Monday, 00:00."""
    return MONDAY + timedelta(hours=hours)


def told(ledger: SqliteLedger, hours: list[float], expect: dict[str, str] | None) -> pl.DataFrame:
    """The table after deliveries that arrived then."""
    for number, hour in enumerate(hours, ledger.prove().size):
        body = {
            "supplier": "acme", "file": f"acme_{number}.csv", "sha256": f"{number:064x}", "format": "csv", "size": 9, "rows": 1,
            "rejects": 0, "table": "records", "mode": "delta", "order": str(number), "by": "name", "outcome": "taken in",
            "mapping": json.dumps({"expect": expect} if expect else {}),
        }  # fmt: skip
        ledger.append(Entry(Kind.DELIVERY, "acme", body, at(hour)))
    frame: pl.DataFrame = deliveries(ledger)
    return frame.sort("at", "ledger_index")


def late(frame: pl.DataFrame) -> list[float | None]:
    """Hours by which each came too late."""
    return [None if one is None else one / 3600 for one in frame["late_seconds"]]


def test_who_comes_before_the_time_is_in_time_every_day(ledger: SqliteLedger) -> None:
    frame = told(ledger, [5, 29.5, 53], BY_SIX)
    assert late(frame) == [None, 0, 0]
    assert frame["expected_at"].to_list() == [None, at(30), at(54)]
    assert frame["next_expected_at"].to_list() == [None, None, at(78)]
    assert frame["expected_by"].to_list()[1] == "[expect] every 1d by 06:00 UTC"


def test_who_comes_after_the_time_is_late_and_the_next_one_is_not_put_off(ledger: SqliteLedger) -> None:
    frame = told(ledger, [5, 33, 53], BY_SIX)
    assert late(frame) == [None, 3, 0]
    assert frame["next_expected_at"].to_list()[-1] == at(78)


def test_days_that_were_missed_are_one_long_delay_and_the_rhythm_goes_on(ledger: SqliteLedger) -> None:
    frame = told(ledger, [5, 101, 125], BY_SIX)
    assert late(frame) == [None, 71, 0]
    assert frame["next_expected_at"].to_list()[-1] == at(150)


def test_what_comes_once_more_was_not_expected_and_is_not_the_next_one(ledger: SqliteLedger) -> None:
    frame = told(ledger, [4, 5, 29], BY_SIX)
    assert frame["expected_at"].to_list() == [None, None, at(30)]
    assert late(frame) == [None, None, 0]


def test_what_one_run_reads_has_arrived_at_one_time(ledger: SqliteLedger) -> None:
    assert told(ledger, [5, 5, 5], BY_SIX)["next_expected_at"].to_list()[-1] == at(30)


def test_a_rhythm_is_learned_from_three_arrivals(ledger: SqliteLedger) -> None:
    frame = told(ledger, [0, 24, 48, 75], None)
    assert frame["expected_at"].to_list() == [None, None, None, at(72)]
    assert late(frame)[-1] == 3
    assert frame["expected_by"].to_list()[-1] == "median of 2 times between arrivals"


def test_a_mappings_new_word_holds_from_then_on(ledger: SqliteLedger) -> None:
    told(ledger, [5, 29], BY_SIX)
    frame = told(ledger, [54], {"every": "12h", "by": "06:00"})
    assert frame["next_expected_at"].drop_nulls().to_list() == [at(66)]


@given(
    st.sampled_from(["30m", "1h", "7h", "12h", "1d", "3d", "7d"]),
    st.lists(st.integers(0, 60 * 24 * 30), min_size=1, max_size=12, unique=True).map(sorted),
)
def test_the_next_slot_lies_ahead_of_what_met_the_last_and_no_more_than_one_and_a_half_ahead(
    every: str, minutes: list[int]
) -> None:
    arrivals = [MONDAY + timedelta(minutes=one) for one in minutes]
    slots = Slots.of({"every": every, "by": "06:00"}, arrivals)
    assert slots is not None
    assert slots.met + slots.every > arrivals[-1]
    assert slots.met <= arrivals[-1] + slots.every
    assert (slots.met - arrivals[0].replace(hour=6, minute=0)) % slots.every == timedelta(0)

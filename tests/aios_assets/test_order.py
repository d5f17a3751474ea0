"""Order: what a name, a cell and a clock say about which delivery is the newer one."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aios_assets import order
from aios_assets.enrich.normalise import moment

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("acme_2024-05-01.csv", micros("2024-05-01T00:00:00+00:00")),
        ("acme_20240501T0600.csv.gz", micros("2024-05-01T06:00:00+00:00")),
        ("acme-2024-05-01_06-30.jsonl", micros("2024-05-01T06:30:00+00:00")),
        ("2024.05.01 prices.xml", micros("2024-05-01T00:00:00+00:00")),
        ("all.zip!in/acme_003.csv", 3),
        ("acme_2.csv", 2),
        ("acme.csv", None),
        ("acme_2024-13-45.csv", None),
        ("feed2000.csv", None),
    ],
)
def test_a_name_tells_a_date_or_a_running_number(name: str, told: int | None) -> None:
    assert order.of_name(name) == told


def test_a_column_tells_moments_or_a_sequence() -> None:
    numbers, moments = pl.Series(["7", None, "12"]), pl.Series(["2024-05-01 10:00", "soon", "2024-05-01T10:00+02:00"])
    assert (order.numbers(numbers), order.numbers(moments)) == (True, False)
    assert order.of_rows(numbers, order.Written(numbers=True, dates="", zone="UTC")).to_list() == [7, None, 12]
    at = order.of_rows(moments, order.Written(numbers=False, dates="", zone="Europe/Berlin"))
    assert at.to_list() == [micros("2024-05-01T08:00:00+00:00"), None, micros("2024-05-01T08:00:00+00:00")]


def test_an_hour_that_comes_twice_is_the_first_and_one_that_is_skipped_is_none() -> None:
    clocks = pl.Series(["2024-10-27 02:30", "2024-10-27 03:30", "2024-03-31 02:30", "2024-03-31 03:30"])
    told = moment.read(clocks, zone="Europe/Berlin")
    assert [str(one)[:16] for one in told] == ["2024-10-27 00:30", "2024-10-27 02:30", "None", "2024-03-31 01:30"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@given(at=st.integers(631_152_000, 2_208_988_800).map(lambda second: datetime.fromtimestamp(second + 0.25, UTC)))
def test_a_moment_with_its_offset_is_the_same_in_every_zone(zone: str, at: datetime) -> None:
    told = moment.read(pl.Series([at.isoformat(), f"{at:%Y%m%d%H%M%S}Z"]), zone=zone)
    assert told.to_list() == [at, at.replace(microsecond=0)]


@pytest.mark.parametrize(
    ("cells", "told"),
    [(["1/13/2024", "2/3/2024"], "mdy"), (["13/1/2024"], "dmy"), (["1.2.2024"], "dmy"), (["1/2/2024"], ""),
     (["13/1/2024", "1/13/2024"], "")],
)  # fmt: skip
def test_what_comes_first_is_learned_or_left_open(cells: list[str], told: str) -> None:
    assert moment.learn(pl.Series(cells)) == told


def test_a_date_that_may_be_two_is_none() -> None:
    cells = pl.Series(["3/4/2024 1:05 PM"])
    assert moment.read(cells).to_list() == [None]
    assert moment.read(cells, dates="mdy")[0] == datetime(2024, 3, 4, 13, 5, tzinfo=UTC)
    assert moment.read(cells, dates="dmy")[0] == datetime(2024, 4, 3, 13, 5, tzinfo=UTC)


def test_a_clock_an_hour_off_is_believed_and_one_a_year_ahead_is_not() -> None:
    hour, year = (int((NOW + by).timestamp() * 1_000_000) for by in (timedelta(hours=1), timedelta(days=365)))
    assert order.believed(hour, NOW) == hour
    assert order.believed(year, NOW) is None
    assert order.believed(999_999_999, NOW) == 999_999_999  # a sequence is no moment


@given(one=st.one_of(st.none(), st.integers(0, 2 * 10**14)), other=st.one_of(st.none(), st.integers(0, 2 * 10**14)))
def test_of_two_at_most_one_is_older(one: int | None, other: int | None) -> None:
    assert not (order.is_older(one, other) and order.is_older(other, one))
    frame = pl.DataFrame({"a": [one], "b": [other]}, schema={"a": pl.Int64, "b": pl.Int64})
    assert frame.select(order.older(pl.col("a"), pl.col("b"))).item() is order.is_older(one, other)


def test_moments_and_sequences_are_not_compared() -> None:
    assert not order.is_older(17, micros("2024-05-01T00:00:00+00:00"))

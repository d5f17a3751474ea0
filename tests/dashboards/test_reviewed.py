"""The part of the matches page about reviews: its questions of the tables, and the waterfall that it draws."""

import math
from itertools import pairwise

import polars as pl
import pytest

from dashboards.views import reviewed

ROWS = pl.DataFrame(
    {
        "id": ["aa-1", "bb-2", "cc-3", "dd-4"],
        "state": ["waiting", "waiting", "decided", "waiting"],
        "merged": [True, False, False, False],
        "probability": [0.95, 0.85, 0.5, None],
        "left_supplier": ["acme"] * 4,
        "left_sku": ["1", "2", "3", "4"],
        "right_supplier": ["zeta"] * 4,
        "right_sku": ["1", "2", "3", "4"],
    }
)


def test_what_is_most_likely_wrong_comes_first() -> None:
    assert reviewed.queued(ROWS.lazy(), "waiting").collect()["id"].to_list() == ["bb-2", "aa-1", "dd-4"]
    assert dict(reviewed.by_state(ROWS.lazy()).collect().iter_rows()) == {"decided": 1, "waiting": 3}


def test_a_pair_is_shown_with_what_both_records_say() -> None:
    cells = {field: [f"{field} of acme", f"{field} of zeta"] for field in reviewed.FIELDS} | {
        "price": ["1.5000", "2.00"]
    }
    products = pl.DataFrame({"supplier": ["acme", "zeta"], "sku": ["2", "2"], **cells})
    row = reviewed.one(ROWS.lazy(), products.lazy(), "bb-2").collect().row(0, named=True)
    assert (row["left_title"], row["right_title"]) == ("title of acme", "title of zeta")
    assert (row["left_price"], row["right_price"]) == ("1.50", "2.00")
    gone = reviewed.one(ROWS.lazy(), products.lazy(), "aa-1").collect().row(0, named=True)
    assert gone["left_title"] is None


def test_the_waterfall_ends_where_the_probability_is() -> None:
    row = {"start": -3.5, "evidence": "+4.0 the same spelling; -1.0 prices apart", "rest": 0.25}
    drawn = reviewed._waterfall(row).to_dict()
    bars = max(drawn["datasets"].values(), key=len)
    assert [bar["what"] for bar in bars][1:3] == ["the same spelling", "prices apart"]
    assert all(one["to"] == other["from"] for one, other in pairwise(bars[:-1]))
    assert (bars[-1]["from"], bars[-1]["to"]) == (0, pytest.approx(-0.25))
    assert 1 / (1 + math.exp(0.25)) == pytest.approx(0.4378, abs=1e-3)

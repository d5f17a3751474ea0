import multiprocessing
import sqlite3
import threading
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.budget import Budget, BudgetError, OverBudgetError

D = Decimal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "budget.sqlite"


def test_reserved_then_settled_for_what_it_cost(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("1.5"))
    held = budget.reserve("r", {"a": D("0.6"), "b": D("0.4")})
    assert (budget.booked(sku="a"), budget.booked(run="r")) == (D("0.6"), D("1.0"))
    budget.settle(held, {"a": D("0.1"), "b": D("0.4")})
    assert (budget.booked(sku="a"), budget.booked(sku="b"), budget.booked(run="r")) == (D("0.1"), D("0.4"), D("0.5"))
    assert budget.booked(sku="unknown") == 0


def test_a_cap_holds_to_the_last_unit_and_all_or_none(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("10"))
    budget.reserve("r", {"a": D("1")})
    with pytest.raises(OverBudgetError) as refused:
        budget.reserve("r", {"b": D("0.5"), "a": D("0.000000001")})
    assert (refused.value.owner, refused.value.cap, refused.value.booked) == ("sku a", D(1), D(1))
    assert budget.booked(sku="b") == 0
    with pytest.raises(OverBudgetError, match="run s may cost 10"):
        budget.reserve("s", {str(n): D("1") for n in range(11)})
    assert budget.booked(run="s") == 0


def test_a_sku_keeps_its_cap_over_runs_and_reopenings(path):
    Budget(path, per_sku=D("1"), per_run=D("1")).reserve("r1", {"a": D("0.7")})
    with pytest.raises(OverBudgetError, match="sku a"):
        Budget(path, per_sku=D("1"), per_run=D("1")).reserve("r2", {"a": D("0.4")})


def test_released_is_as_if_it_had_not_been(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("1"))
    budget.release(budget.reserve("r", {"a": D("1")}))
    assert (budget.booked(sku="a"), budget.booked(run="r")) == (0, 0)


def test_settled_once_and_for_every_sku(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("1"))
    held = budget.reserve("r", {"a": D("0.2"), "b": D("0.2")})
    with pytest.raises(BudgetError, match="with every SKU"):
        budget.settle(held, {"a": D("0.1")})
    assert budget.booked(run="r") == D("0.4")
    budget.settle(held, {"a": D("0.1"), "b": D("0.1")})
    with pytest.raises(BudgetError, match="once"):
        budget.settle(held, {"a": D("0.1"), "b": D("0.1")})
    assert budget.booked(run="r") == D("0.2")


def test_what_cost_more_than_reserved_is_booked_and_told(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("1"))
    held = budget.reserve("r", {"a": D("0.2"), "b": D("0.2")})
    with pytest.raises(BudgetError, match="1 SKUs cost more"):
        budget.settle(held, {"a": D("0.3"), "b": D("0.1")})
    assert (budget.booked(sku="a"), budget.booked(run="r")) == (D("0.3"), D("0.4"))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-0.1", "1000001"])
def test_no_amount_is_no_amount(path, amount):
    budget = Budget(path, per_sku=D("1"), per_run=D("1"))
    with pytest.raises(BudgetError, match="an amount is between"):
        budget.reserve("r", {"a": D(amount)})
    held = budget.reserve("r", {"a": D("0.1")})
    with pytest.raises(BudgetError, match="an amount is between"):
        budget.settle(held, {"a": D(amount)})
    assert budget.booked(sku="a") == D("0.1")


def test_less_than_a_billionth_counts_as_one(path):
    budget = Budget(path, per_sku=D("0.000000001"), per_run=D("1"))
    budget.reserve("r", {"a": D("1e-20")})
    with pytest.raises(OverBudgetError):
        budget.reserve("r", {"a": D("1e-20")})


def test_a_file_that_cannot_be_used_stops_everybody(path):
    budget = Budget(path, per_sku=D("1"), per_run=D("1"))
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE accounts")
    db.close()
    with pytest.raises(BudgetError, match="nobody was asked"):
        budget.reserve("r", {"a": D("0.1")})


skus = st.sampled_from(["a", "b", "c"])
amounts = st.decimals(0, 1, places=3)
steps = st.lists(
    st.tuples(
        st.dictionaries(skus, amounts, min_size=1), st.sampled_from(["keep", "settle", "release"]), st.floats(0, 1)
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(steps)
def test_books_are_what_was_spent_and_is_held_and_no_cap_is_passed(taken):
    with TemporaryDirectory() as folder:
        budget = Budget(Path(folder) / "b.sqlite", per_sku=D("1.5"), per_run=D("2.5"))
        spent = dict.fromkeys("abc", D(0))
        for asked, then, share in taken:
            try:
                held = budget.reserve("r", asked)
            except OverBudgetError:
                fits = all(spent[sku] + amount <= D("1.5") for sku, amount in asked.items())
                assert not (fits and sum(spent.values()) + sum(asked.values()) <= D("2.5"))
                continue
            cost = asked
            if then == "settle":
                cost = {sku: (amount * D(share)).quantize(D("0.001")) for sku, amount in asked.items()}
                cost = {sku: min(amount, asked[sku]) for sku, amount in cost.items()}
                budget.settle(held, cost)
            elif then == "release":
                cost = dict.fromkeys(asked, D(0))
                budget.release(held)
            for sku, amount in cost.items():
                spent[sku] += amount
            assert {sku: budget.booked(sku=sku) for sku in spent} == spent
            assert budget.booked(run="r") == sum(spent.values()) <= D("2.5")
            assert max(spent.values()) <= D("1.5")


def hammer(path, run, times):
    """Asks for a cent again and again, for one SKU that everybody wants; answers how often it was let."""
    budget, let = Budget(path, per_sku=D("0.30"), per_run=D("0.20")), 0
    for _ in range(times):
        try:
            held = budget.reserve(run, {"wanted": D("0.01")})
        except OverBudgetError:
            continue
        budget.settle(held, {"wanted": D("0.01")})
        let += 1
    return let


def test_threads_never_pass_a_cap(path):
    let = []
    threads = [threading.Thread(target=lambda n=n: let.append(hammer(path, f"r{n % 2}", 15))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let) == 30
    assert Budget(path, per_sku=D(1), per_run=D(1)).booked(sku="wanted") == D("0.30")


@pytest.mark.slow
def test_processes_never_pass_a_cap(path):
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        let = list(pool.map(hammer, [path] * 4, ["r0", "r1", "r0", "r1"], [20] * 4))
    assert sum(let) == 30
    books = Budget(path, per_sku=D(1), per_run=D(1))
    assert books.booked(sku="wanted") == books.booked(run="r0") + books.booked(run="r1") == D("0.30")
    assert max(books.booked(run="r0"), books.booked(run="r1")) <= D("0.20")

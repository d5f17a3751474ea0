"""Pages: each shows what its tables hold, and says what to do where nothing is yet."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from shown_lake import Lake
from streamlit.testing.v1 import AppTest

from audit.merkle import Frontier

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
SECONDS = 120

pytestmark = pytest.mark.slow  # a lake of three runs, and Streamlit


def runs() -> None:
    from dashboards.views import runs

    runs.page()


def feeds() -> None:
    from dashboards.views import feeds

    feeds.page()


def matches() -> None:
    from dashboards.views import matches

    matches.page()


def products() -> None:
    from dashboards.views import products

    products.page()


def ledger() -> None:
    from dashboards.views import ledger

    ledger.page()


PAGES = (runs, feeds, matches, products, ledger)


def drawn(page: Callable[[], None]) -> AppTest:
    """A page as it is first drawn."""
    shown = AppTest.from_function(page, default_timeout=SECONDS).run()
    assert not shown.exception, shown.exception
    return shown


def figures(shown: AppTest) -> dict[str, str]:
    """The figures at the head of a page."""
    return {metric.label: metric.value for metric in shown.metric}


def table(lake: Lake, name: str) -> pl.DataFrame:
    """A governed table, read without the dashboards."""
    rows: pl.DataFrame = lake.opened.lake.scan(name).collect()
    return rows


def words(shown: AppTest) -> str:
    """All prose of a page."""
    return "\n".join(part.value for part in [*shown.markdown, *shown.caption])


def test_runs_shows_every_run_and_its_figures(lake: Lake) -> None:
    shown, decisions = drawn(runs), table(lake, "decisions").unique("ledger_index")
    told = figures(shown)
    assert told["Runs"] == str(decisions["run"].n_unique()) == "3"
    assert told["With a refusal"] == "1"
    assert told["Rows computed"] == f"{decisions.filter(pl.col('run') == 'run-three')['computed'].sum():,}"
    listed = shown.dataframe[0].value
    assert listed["outcome"].to_list() == ["refused: records", "admitted", "admitted"]
    assert listed["rows"].to_list() == [
        decisions.filter(pl.col("run") == run)["computed"].sum() for run in ("run-three", "run-two", "run-one")
    ]


def test_runs_says_why_a_table_was_refused_and_what_stayed_published(lake: Lake) -> None:
    shown = words(drawn(runs)).replace("\\", "")
    finding = table(lake, "decisions").filter(pl.col("outcome") == "refused").row(0, named=True)
    stays = table(lake, "writes").filter(pl.col("table") == "records").select(pl.col("version").max()).item()
    assert finding["rule"] in shown
    assert finding["why"] in shown
    assert finding["do"] in shown
    assert f"version {stays} stayed published" in shown


def test_runs_shows_the_findings_of_the_run_that_is_chosen(lake: Lake) -> None:
    shown = drawn(runs)
    shown.selectbox(key="run").select("run-one").run(timeout=SECONDS)
    stages = shown.dataframe[1].value
    held = table(lake, "decisions").filter(pl.col("run") == "run-one").unique("ledger_index").sort("ledger_index")
    assert stages["stage"].to_list() == held["stage"].to_list()
    assert stages["seconds"].to_list() == held["seconds"].to_list()


def test_feeds_shows_deliveries_and_reject_reasons(lake: Lake) -> None:
    shown, came, rejects = drawn(feeds), table(lake, "deliveries"), table(lake, "feed_rejects")
    told = figures(shown)
    assert told["Deliveries"] == str(came.height) == "4"
    assert told["Records read"] == f"{came['rows'].sum():,}"
    assert told["Set aside now"] == str(rejects.height) == "2"
    reasons = shown.dataframe[0].value
    assert reasons["rows"].sum() == rejects.height
    assert set(reasons["why"]) == set(rejects["why"])
    assert set(shown.dataframe[-1].value["supplier"]) == {"north", "south"}


def test_matches_shows_what_was_decided_of_all_records(lake: Lake) -> None:
    shown, matched = drawn(matches), table(lake, "matches")
    told = figures(shown)
    assert told["Records"] == str(matched.height)
    assert told["Golden products"] == str(matched["product"].n_unique())
    by = dict(matched.group_by("decision").len().iter_rows())
    for decision in ("certain", "review", "apart"):
        shares = [value for label, value in told.items() if label.lower().startswith(decision)]
        assert shares == [f"{by.get(decision, 0):,}"]


def test_products_shows_the_conflicts_and_what_stands_in_the_worst(lake: Lake) -> None:
    shown, golden, conflicts = drawn(products), table(lake, "golden"), table(lake, "conflicts")
    told = figures(shown)
    assert told["Products of several records"] == f"{golden['product'].n_unique():,}"
    assert told["Where records differ"] == f"{golden.filter(pl.col('differ') > 0).height:,}"
    assert told["Conflicts"] == f"{conflicts.height:,}" != "0"
    listed = shown.dataframe[0].value
    worst = conflicts.sort("severity", "product", descending=[True, False]).row(0, named=True)
    assert listed["severity"].to_list() == sorted(conflicts["severity"].to_list(), reverse=True)
    assert (listed["product"][0], shown.code[-1].value) == (worst["product"], f"aios trace {worst['product']}")
    (lost,) = json.loads(worst["others"])
    beaten = shown.dataframe[-1].value
    assert beaten["record"].to_list() == [f"{lost['supplier']}/{lost['sku']}"]
    assert beaten["why"].to_list() == ["by the alphabet only: nothing else told them apart"]
    assert lost["value"] in beaten["value"][0]
    assert lost["value"] in listed["others"][0]


def test_a_product_is_found_by_a_record_and_shown_beside_its_golden_values(lake: Lake) -> None:
    row = table(lake, "matches").filter(supplier="south", sku="12").row(0, named=True)
    assert row["members"] == 2
    shown = drawn(products)
    shown.text_input(key="find").set_value("south/12").run(timeout=SECONDS)
    assert shown.selectbox(key="product").value == row["product"]
    beside, stands = (one.value for one in shown.table[:2])
    assert [name.split()[0] for name in beside.columns[1:]] == ["north/12", "south/12"]
    held = table(lake, "golden").filter(product=row["product"])
    assert sorted(stands["Field"].str.replace("\\", "")) == sorted(held["field"])
    assert "Nobody: every record" in words(shown)


def test_a_product_of_one_record_and_an_unknown_one_are_told_to_be(lake: Lake) -> None:
    shown = drawn(products)
    shown.text_input(key="find").set_value("north/3").run(timeout=SECONDS)
    alone = table(lake, "matches").filter(supplier="north", sku="3").row(0, named=True)
    assert (alone["members"], shown.selectbox(key="product").value) == (1, alone["product"])
    assert "One record is this product" in words(shown)
    shown.text_input(key="find").set_value("nobody/0").run(timeout=SECONDS)
    assert "No product has" in words(shown)
    assert not shown.selectbox


def test_ledger_shows_size_root_and_versions(lake: Lake) -> None:
    shown, entries, writes = drawn(ledger), table(lake, "entries"), table(lake, "writes")
    told = figures(shown)
    assert told["Entries"] == str(entries.height)
    assert told["Versions published"] == str(writes.filter(pl.col("outcome") == "committed").height)
    assert told["In doubt"] == "0"
    assert shown.code[0].value == entries.filter(pl.col("root").is_not_null()).sort("index")["root"].last()


def test_the_shown_root_is_one_that_the_ledger_proves(lake: Lake) -> None:
    shown, entries = drawn(ledger), table(lake, "entries")
    covered = entries.filter(pl.col("root").is_not_null())["index"].max()
    leaves = entries.filter(pl.col("index") <= covered).sort("index")["leaf"]
    tree = Frontier()
    for leaf in leaves:
        tree.append(bytes.fromhex(leaf))
    assert tree.root().hex() == shown.code[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_to_do_where_nothing_is_yet(
    page: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aios_assets.runtime import Runtime
    from aios_assets.settings import load

    Runtime.open(load(tmp_path, lake=str(tmp_path / "lake")))
    monkeypatch.setenv("AIOS_LAKE", str(tmp_path / "lake"))
    assert drawn(page).code[0].value.startswith("aios run")


def test_the_app_says_what_to_do_where_there_is_no_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOS_LAKE", str(tmp_path / "none"))
    shown = AppTest.from_file(str(APP), default_timeout=SECONDS).run()
    assert not shown.exception
    assert shown.title[0].value == "Runs"
    assert shown.code[0].value.startswith("aios run")
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_looking_changes_no_byte_of_the_lake_and_needs_no_key(lake: Lake) -> None:
    def held() -> dict[str, str]:
        files = (
            file for file in lake.folder.rglob("*") if file.is_file() and file.suffix not in {".db-wal", ".db-shm"}
        )
        kept = (file for file in files if not file.name.endswith(("-wal", "-shm")))
        return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in kept}

    before, size = held(), lake.opened.lake.ledger.prove().size
    for page in PAGES:
        drawn(page)
    after = held()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert not {name for name in changed if not name.endswith("ledger.db")}
    assert lake.opened.lake.ledger.prove().size == size

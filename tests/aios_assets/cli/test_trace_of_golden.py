"""`aios trace` of a product that records contradict each other about: who won, who lost, by what, and after it was parted."""

from pathlib import Path

import pytest

from aios_assets.definitions import stages
from aios_assets.runtime import Runtime
from tests.aios_assets.small_lake import run_chain, settings_in, write_feeds

HEAD = "sku,title,brand,model,price,currency\n"
ACME = "A1,Acme Garden Hose AX-100,Acme,AX-100,19.90,EUR\n"
BESTCO = "B1,Watering line in green,Bestco,W7,49.90,EUR\n"


@pytest.fixture
def two(nowhere: Path) -> Path:
    """A lake of two records that are the same only by a person's word, of two suppliers and prices."""
    runtime = Runtime.open(settings_in(nowhere))
    files = write_feeds(nowhere / "feeds", acme=HEAD + ACME, bestco=HEAD + BESTCO)
    assert not [one.stage for one in run_chain(runtime, files) if one.refused]
    runtime.lake.ledger.close()
    runtime.vault.close()
    return nowhere


def applied(home: Path) -> None:
    """What `aios matches apply` does, without Dagster around it."""
    runtime = Runtime.open(settings_in(home))
    rest = {stage.name for stage in stages(runtime.settings) if not stage.reads_feed}
    assert not [one.stage for one in run_chain(runtime, [], only=rest) if one.refused]
    runtime.lake.ledger.close()
    runtime.vault.close()


def prices(told: dict) -> list[dict]:
    """The receipts of the price."""
    return [one for one in told["fields"] if one["field"] == "price"]


@pytest.mark.slow
def test_a_trace_tells_who_won_who_lost_and_by_what_until_the_product_is_parted(aios, two: Path) -> None:
    assert prices(aios("trace", "acme/A1", "--json").told)[0]["lost"] == []
    assert aios("matches", "merge", "acme/A1", "bestco/B1", "--by", "ann", "--why", "one hose").code == 0
    applied(two)

    merged = aios("trace", "bestco/B1", "--json").told
    assert merged["records"] == ["acme/A1", "bestco/B1"]
    (price,) = prices(merged)
    assert (price["value"], price["supplier"], price["sku"]) == ("19.90", "acme", "A1")
    assert [(one["file"], one["line"]) for one in price["sources"]] == [("acme.csv", 2)]
    assert (price["agree"], price["differ"], price["decided_by"]) == (1, 1, "names")
    (lost,) = price["lost"]
    assert (lost["supplier"], lost["sku"], lost["value"], lost["lost_by"]) == ("bestco", "B1", "49.90 EUR", "names")
    assert [(one["file"], one["line"]) for one in lost["sources"]] == [("bestco.csv", 2)]
    said = aios("trace", merged["product"], "--field", "price").out
    assert "what other records say" in said
    assert "bestco/B1 says '49.90 EUR': lost by nothing else tells them apart" in said
    assert "(bestco.csv:2)" in said
    assert "price" in {one["field"] for one in aios("golden", "conflicts", "--json").told["rows"]}

    assert aios("matches", "unmerge", merged["product"], "--by", "bob", "--why", "two hoses").code == 0
    applied(two)
    for name, file, value in (("acme/A1", "acme.csv", "19.90"), ("bestco/B1", "bestco.csv", "49.90")):
        parted = aios("trace", name, "--json").told
        assert parted["records"] == [name]
        (price,) = prices(parted)
        assert (price["value"], price["lost"], price["differ"]) == (value, [], 0)
        assert [(one["file"], one["line"]) for one in price["sources"]] == [(file, 2)]
        story = [step["what"] for step in parted["story"]]
        assert any("ann decided `same`" in what and "one hose" in what for what in story)
        assert any("bob decided `different`" in what and "two hoses" in what for what in story)
        assert any("by a person's word, not the same as" in what for what in story)
        assert "what other records say" not in aios("trace", name).out
    assert aios("golden", "conflicts", "--json").told["conflicts"] == 0
    assert aios("audit", "verify").code == 0

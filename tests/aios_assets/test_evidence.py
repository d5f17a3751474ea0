"""Evidence: tables that are read off the ledger follow what happened, and never each other."""

from pathlib import Path

import pytest
from dagster_house import House, house, runtime

from aios_assets.definitions import stages


def told(home: House) -> dict[str, int]:
    """The versions of the evidence, once its job has run."""
    result = home.wired.resolve_job_def("evidence").execute_in_process(instance=home.instance)
    assert result.success
    lake = runtime(home).lake
    names = [stage.name for stage in stages(home.settings) if stage.part == "evidence"]
    return {name: state.version for name in names if (state := lake.state(name)) is not None}


@pytest.mark.slow
def test_the_evidence_rests_when_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house(tmp_path, monkeypatch) as home:
        home.run(home.feed(20))
        first, size = told(home), runtime(home).ledger_head()
        assert set(first) == {"decisions", "deliveries", "drifts", "entries", "faults", "fills", "writes"}
        assert told(home) == first
        assert runtime(home).ledger_head() == size
        home.run(str(tmp_path / "nowhere.csv"))
        after = told(home)
        assert {name for name in first if after[name] > first[name]} == {"entries", "faults"}
        lake = runtime(home).lake
        assert lake.scan("writes").collect()["outcome"].to_list() == ["committed"]
        assert lake.scan("deliveries").collect().select("supplier", "rows").rows() == [("north", 20)]
        assert lake.scan("faults").collect()["fault"].to_list() == ["IntakeError"]

"""Assets: what Dagster is told of every stage, of an attempt, of a refusal and of a fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_house import House, house, runtime

from aios_assets import assets
from aios_assets.definitions import stages
from audit.ledger import Kind


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house(tmp_path, monkeypatch) as opened:
        yield opened


def failures(result: dg.ExecuteInProcessResult) -> list[dg.DagsterEvent]:
    return [event for event in result.all_events if event.is_step_failure]


def findings(check: dg.AssetCheckEvaluation) -> list[dict[str, Any]]:
    told = check.metadata["findings"]
    assert isinstance(told, dg.TableMetadataValue)
    return [dict(record.data) for record in told.records]


def user_failure(event: dg.DagsterEvent) -> tuple[str, dict[str, Any]]:
    """What the failure of a step says, and its metadata."""
    told = event.step_failure_data.user_failure_data
    assert told is not None
    return str(told.description), {name: entry.value for name, entry in told.metadata.items()}


def test_loading_definitions_writes_nothing_but_dagsters_home(home: House) -> None:
    assert not (home.home / "keys").exists()
    assert [path.name for path in home.home.iterdir()] == ["dagster"]


def test_every_stage_is_an_asset_that_says_what_it_holds(home: House) -> None:
    known = {stage.name: stage for stage in stages(home.settings)}
    graph = home.wired.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == set(known)
    for name, stage in known.items():
        node = graph.get(dg.AssetKey(name))
        assert node.group_name == stage.part
        assert node.description == stage.described
        assert node.owners == [stage.owner]
        assert node.kinds == {"delta", "polars"}
        assert node.code_version == stage.code[:12]
        assert {key.to_user_string() for key in node.parent_keys} == set(stage.inputs)
        schema = node.metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == list(stage.contract.schema)
        assert {column.description for column in schema.columns} >= {c.about for c in stage.contract.columns if c.about}
        assert [key.name for key in node.check_keys] == [assets.GATE]
    lineage = graph.get(dg.AssetKey("products")).metadata["dagster/column_lineage"]
    assert dg.TableColumnDep(dg.AssetKey("records"), "title") in lineage.deps_by_column["title"]


def test_an_admitted_attempt_tells_figures_as_numbers(home: House) -> None:
    result = home.run(home.feed(40))
    assert result.success
    (event,) = result.get_asset_materialization_events()
    told = event.materialization.metadata
    state = runtime(home).lake.state("records")
    assert state is not None
    assert told["dagster/row_count"].value == state.rows == 40
    assert told["version"].value == state.version == 0
    assert told["rows computed"].value == 40
    assert isinstance(told["seconds"].value, float)
    assert isinstance(told["cost"].value, float)
    assert state.decided_index == told["ledger entry"].value
    (check,) = result.get_asset_check_evaluations()
    assert check.passed
    assert {record["outcome"] for record in findings(check)} == {"admitted", "not applicable"}


def test_an_unchanged_delivery_keeps_the_data_version(home: House) -> None:
    home.run(home.feed(40))
    result = home.run(home.feed(40))
    (event,) = result.get_asset_materialization_events()
    assert event.materialization.metadata["outcome"].value == "unchanged"
    assert event.materialization.tags is not None
    assert event.materialization.tags["dagster/data_version"] == "records@0"


def test_a_refusal_says_why_and_what_to_do_and_which_version_stays(home: House) -> None:
    home.run(home.feed(300))
    result = home.run(home.feed(2), only=("records", "products"))
    assert not result.success
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.description is not None
    refused = [one for one in findings(check) if one["outcome"] == "refused"]
    assert [one["rule"] for one in refused] == ["feed/shape-kept", "quality/volume-shift"]
    assert "2 records, 300 before (-99%)" in str(refused[0]["why"])
    for one in refused:
        assert f"[{one['rule']}] {one['why']}. To do: {one['do']}." in check.description
    assert "version 0 stays published" in check.description
    assert check.metadata["version"].value == 0
    (failed,) = failures(result)
    description, told = user_failure(failed)
    assert description == check.description
    assert told["attempt"] in check.description
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    assert not result.get_asset_materialization_events()
    assert runtime(home).lake.scan("records").collect().height == 300


def test_a_faulty_delivery_is_told_in_words_once_and_kept_on_record(home: House) -> None:
    result = home.run(str(home.home / "nowhere.csv"))
    (failed,) = failures(result)
    assert {"what", "why", "do"} <= set(user_failure(failed)[1])
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    (logged,) = runtime(home).lake.ledger.read(kind=Kind.RUN)
    assert logged.entry.body == {"run": result.run_id, "stage": "records", "fault": "IntakeError"}


@pytest.mark.slow
def test_a_fault_of_storage_is_tried_again(home: House) -> None:
    file = home.feed(40)
    home.run(home.feed(30))
    broken = next((home.home / "lake" / "records" / "_files").rglob("*.parquet"))
    kept = broken.read_bytes()
    broken.write_bytes(kept[:-1])
    result = home.run(home.feed(40))
    assert len([event for event in result.all_events if event.is_step_up_for_retry]) == assets.RETRIES.max_retries
    (failed,) = failures(result)
    assert "no longer has the bytes" in user_failure(failed)[1]["why"]
    broken.write_bytes(kept)
    assert home.run(file).success

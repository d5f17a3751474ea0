"""The commands by which people decide: review and matches, as a user types them."""

import json
import math
from pathlib import Path

import pytest

from aios_assets.definitions import stages
from aios_assets.runtime import Runtime
from audit.ledger import Kind
from audit.sqlite_reader import SqliteReader
from tests.aios_assets.small_lake import run_chain, settings_in

MERGE = ("matches", "merge", "acme/A1", "bestco/B1", "--by", "ann", "--why", "the same TV")


def entries(lake: Path) -> list[dict[str, object]]:
    reader = SqliteReader(lake / "_ledger" / "ledger.db")
    return [dict(one.entry.body) for one in reader.read(kind=Kind.REVIEW, subject="matches")]


def rerun(lake: Path) -> None:
    """What `aios matches apply` does, without Dagster around it."""
    runtime = Runtime.open(settings_in(lake.parent))
    chosen = {stage.name for stage in stages(runtime.settings) if not stage.reads_feed}
    assert not [one.stage for one in run_chain(runtime, [], only=chosen) if one.refused]
    runtime.lake.ledger.close()
    runtime.vault.close()


@pytest.mark.slow
def test_a_merge_waits_for_a_second_look_and_is_shown_side_by_side(aios, own: Path) -> None:
    made = aios(*MERGE, "--json").told["decided"][0]
    assert (made["left"], made["right"], made["verdict"], made["already"]) == ("acme/A1", "bestco/B1", "same", False)
    assert aios(*MERGE, "--json").told["decided"][0]["already"] is True
    assert len(entries(own)) == 1
    rerun(own)
    listed = aios("review", "list", "--json").told
    (row,) = listed["reviews"]
    assert (listed["counts"], row["state"], row["merged"]) == ({"to confirm": 1}, "to confirm", True)
    shown = aios("review", "show", row["id"])
    assert "Sony Bravia KDL-40 Television" in shown.out
    assert "Sony KDL-40 Bravia LCD TV" in shown.out
    assert "≠" in shown.out
    story = [step["what"] for step in aios("trace", "bestco/B1", "--json").told["story"]]
    assert any("ann decided `same`" in what and "the same TV" in what for what in story)
    assert any("by a person's word, the same as acme/A1" in what for what in story)
    told = aios("review", "show", row["id"], "--json").told
    assert {one["field"]: one["differs"] for one in told["fields"]}["brand"] is False
    decide = ("review", "decide", row["id"], "same", "--why", "looked")
    own_doing = aios(*decide, "--by", "ann")
    assert (own_doing.code, "somebody else's look" in own_doing.err) == (3, True)
    assert aios(*decide, "--by", "bob", "--seconds", "12", "--json").told["replaced"] == made["ledger_index"]
    assert entries(own)[-1]["seconds"] == "12.0"
    assert aios(*decide, "--by", "bob", "--json").told["already"] is True
    rerun(own)
    assert aios("review", "list", "--json").told["counts"] == {"decided": 1}
    assert aios("audit", "verify").code == 0


@pytest.mark.slow
def test_a_product_is_parted_by_its_id_and_what_is_apart_is_not(aios, own: Path) -> None:
    parted = ("matches", "unmerge", "acme/A6", "bestco/B4", "--by", "bob", "--why", "two things")
    assert aios(*parted).code == 3
    before = aios("sql", "SELECT * FROM listings ORDER BY ALL", "--json").told["rows"]
    aios("matches", "merge", "acme/A6", "bestco/B4", "--by", "ann", "--why", "a kit")
    rerun(own)
    (product,) = aios("sql", "SELECT product FROM matches WHERE sku = 'A6' AND members = 2", "--json").told["rows"][0]
    told = aios("matches", "unmerge", product, "--by", "bob", "--why", "two things", "--json").told
    assert [one["verdict"] for one in told["decided"]] == ["different"]
    rerun(own)
    after = aios("sql", "SELECT * FROM listings ORDER BY ALL", "--json").told["rows"]
    assert len(after) == len(before)
    again = aios("matches", "unmerge", product, "--by", "bob", "--why", "two things")
    assert again.code == 2
    assert aios("matches", "withdraw", "acme/A6", "bestco/B4", "--by", "bob", "--why", "unsure", "--json").code == 0


def test_contradictions_are_told_and_refused(aios, own: Path) -> None:
    aios(*MERGE)
    aios("matches", "merge", "bestco/B1", "acme/A2", "--by", "bob", "--why", "also")
    never = aios("matches", "never", "acme/A1", "acme/A2", "--by", "cy", "--why", "no", "--json")
    assert never.code == 3
    assert "the same TV" in never.told["error"]["why"]
    assert "also" in never.told["error"]["why"]
    assert len(entries(own)) == 2


def test_a_batch_decides_line_by_line_and_tells_what_was_refused(aios, own: Path, tmp_path: Path) -> None:
    file = tmp_path / "batch.csv"
    file.write_text(
        "left,right,verdict,why\nacme/A1,bestco/B1,same,TV\nacme/A2,bestco/B2,same,\nacme/A1,acme/none,same,x\n"
    )
    told = aios("review", "batch", file, "--by", "ann", "--why", "by list", "--json")
    assert told.code == 3
    assert [one["why"] for one in told.told["decided"]] == ["TV", "by list"]
    assert [one["line"] for one in told.told["refused"]] == [3]
    lines = tmp_path / "batch.json"
    lines.write_text(json.dumps([{"left": "acme/A1", "right": "bestco/B1", "verdict": "same", "why": "again"}]))
    assert aios("review", "batch", lines, "--by", "bob", "--json").told["decided"][0]["already"] is True
    assert len(entries(own)) == 2


@pytest.mark.parametrize(
    "text", ["", "id,verdict\n", "a,b\n1,2\n", "[]", "[1]", '{"x": 1}', "[" * 5000, "id,verdict,over\nx-1,same,y\n"]
)
def test_a_file_that_is_no_batch_is_wrong_use(aios, own: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "batch"
    file.write_text(text)
    assert aios("review", "batch", file, "--by", "ann").code == 2
    assert entries(own) == []


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (2, ("review", "decide", "abc-def", "same", "--by", "ann", "--why", "x")),
        (2, ("review", "decide", "abc-def", "perhaps", "--by", "ann", "--why", "x")),
        (2, ("review", "decide", "abc", "same", "--by", "ann", "--why", "x")),
        (2, ("review", "show", "abc")),
        (2, ("review", "list", "--state", "lost")),
        (2, ("review", "sample", "2", "--by", "ann")),
        (2, ("matches", "merge", "acme/A1", "acme/A1", "--by", "ann", "--why", "x")),
        (2, ("matches", "merge", "acme", "acme/A1", "--by", "ann", "--why", "x")),
        (2, ("matches", "merge", "acme/A1", "acme/A2", "--by", "ann@example.com", "--why", "x")),
        (2, ("matches", "unmerge", "pnone", "--by", "ann", "--why", "x")),
        (2, ("matches", "explain", "acme/A1", "acme/none")),
        (3, ("matches", "withdraw", "acme/A1", "acme/A2", "--by", "ann", "--why", "x")),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(aios, own: Path, code: int, arguments: tuple[str, ...]) -> None:
    said = aios(*arguments)
    assert said.code == code
    assert "To do:" in said.err
    assert entries(own) == []


def test_only_reviewers_decide_and_that_is_asked_each_time(aios, own: Path) -> None:
    settings = own.parent / "aios.toml"
    settings.write_text('[reviews]\nreviewers = ["bob"]\n')
    assert aios(*MERGE).code == 3
    settings.write_text('[reviews]\nreviewers = ["ann"]\n')
    assert aios(*MERGE).code == 0


def test_a_pair_is_explained_with_what_would_have_changed_it_and_its_neighbours(aios, lake: Path) -> None:
    told = aios("matches", "explain", "acme/A1", "bestco/B1", "--json").told
    log_odds = told["start"] + sum(one["added"] for one in told["steps"])
    assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(told["probability"])
    assert {"tipping", "neighbours", "probability", "products", "merged", "decided", "model"} <= set(told)
    assert "before any evidence" in aios("matches", "explain", "bestco/B1", "acme/A1").out


@pytest.mark.slow
def test_a_sample_is_drawn_of_every_stratum_and_waits(aios, own: Path) -> None:
    told = aios("review", "sample", "10", "--by", "ann", "--seed", "5", "--json").told
    assert sum(told["drawn"].values()) == min(10, sum(told["sizes"].values())) > 0
    rerun(own)
    counts = aios("review", "list", "--json").told["counts"]
    assert counts == {"waiting": sum(told["drawn"].values())}
    measures = aios("sql", "SELECT measure, value FROM match_quality", "--json").told["rows"]
    assert ["recall", None] in measures


@pytest.mark.slow
def test_apply_runs_what_decisions_reach_as_dagster_does(aios, own: Path) -> None:
    aios(*MERGE)
    told = aios("matches", "apply", "--json").told
    assert {"match_labels", "neighbours", "matches", "listings", "reviews", "match_quality"} <= set(told["tables"])
    assert (told["matches"], told["refusals"], told["faults"]) == (2, [], [])
    again = aios("matches", "apply", "--json").told
    assert {one["outcome"] for one in again["tables"].values()} == {"unchanged"}


@pytest.mark.slow
def test_one_after_the_other_measures_a_persons_time(aios, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aios(*MERGE)
    aios("matches", "merge", "acme/A2", "bestco/B2", "--by", "bob", "--why", "the same camera")
    rerun(own)
    answers = iter(["d", "another screen"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    # What bob asked for himself is not shown to bob; ann's merge is, and to overrule it takes more than a letter.
    said = aios("review", "next", "--by", "bob", "--json")
    assert (said.code, "--over" in said.err) == (3, True)
    answers = iter(["s", "looked"])
    told = aios("review", "next", "--by", "bob", "--json").told
    assert [one["left"] for one in told["decided"]] == ["acme/A1"]
    assert float(str(entries(own)[-1]["seconds"])) >= 0

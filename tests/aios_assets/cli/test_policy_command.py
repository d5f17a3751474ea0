"""`aios policy`: rules listed and explained, decisions explained and judged again, rules made and tried."""

import shutil
from pathlib import Path

import pytest

from policies.build import SOURCES


def test_every_rule_is_listed_with_its_levels(aios, lake: Path) -> None:
    rules = {rule["rule"]: rule for rule in aios("policy", "list", "--json").told["rules"]}
    assert len(rules) >= 10
    floor = rules["quality/quarantine-share"]
    assert floor["kind"] == "table"
    assert floor["levels"]["pilot"]["most"] > floor["levels"]["run"]["most"]
    assert "quality/quarantine-share" in aios("policy", "list").out


def test_a_rule_is_explained_by_its_page(aios, lake: Path) -> None:
    told = aios("policy", "explain", "quality/volume-shift", "--json").told
    assert told["page"].startswith("# quality/volume-shift")
    said = aios("policy", "explain", "quality/none")
    assert (said.code, "quality/volume-shift" in said.err) == (2, True)
    assert aios("policy", "explain").code == 2


def test_a_decision_is_explained_finding_by_finding(aios, lake: Path) -> None:
    index = aios("trace", "acme/A1", "--json").told["fields"][0]["ledger_index"]
    told = aios("policy", "explain", "--entry", index, "--json").told
    assert (told["table"], told["admitted"]) == ("listings", True)
    assert {"rule", "why", "do", "outcome", "about"} <= set(told["findings"][0])
    assert "listings was admitted" in aios("policy", "explain", "--entry", index).out
    for wrong in (0, 10**6, -1):
        assert aios("policy", "explain", "--entry", wrong).code == 2


def test_committed_versions_are_judged_again(aios, own: Path) -> None:
    told = aios("policy", "replay", "--all", "--json").told
    assert told["changed"] == 0
    assert {one["now"] for one in told["judged"]} == {"admitted"}
    index = told["judged"][0]["ledger_index"]
    assert len(aios("policy", "replay", index, "--json").told["judged"]) == 1
    assert aios("policy", "replay", 0).code == 2
    assert aios("policy", "replay").code == 2


def test_a_stricter_profile_says_which_would_be_refused(aios, own: Path) -> None:
    said = aios("policy", "replay", "--all", "--profile", "run", "--json")
    judged = {one["table"]: one for one in said.told["judged"]}
    assert said.code == 3
    assert judged["records"]["now"] == "refused"
    assert "quality/quarantine-share" in judged["records"]["why"]


@pytest.mark.opa
def test_a_new_rule_compiles_and_passes_as_it_is_made(aios, tmp_path: Path) -> None:
    home = tmp_path / "shop"
    shutil.copytree(SOURCES, home / "policies" / "rego")
    told = aios("policy", "new", "quality/no-gaps", "--into", home, "--json").told
    assert [Path(file).is_file() for file in told["files"]] == [True, True, True]
    import subprocess

    for command in (["opa", "test"], ["opa", "check", "--strict"]):
        assert (
            subprocess.run([*command, str(home / "policies" / "rego")], capture_output=True, check=False).returncode
            == 0
        )
    assert aios("policy", "new", "quality/no-gaps", "--into", home).code == 2


@pytest.mark.parametrize("name", ["x", "Bad/name", "a/b/c", "../x", "quality/", "quality/No", ""])
def test_a_rule_wants_a_name(aios, tmp_path: Path, name: str) -> None:
    assert aios("policy", "new", name, "--into", tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.opa
def test_the_rules_tests_are_run(aios) -> None:
    told = aios("policy", "test", "quality/volume-shift", "--json").told
    assert told["tests"] > 3
    assert told["failed"] == []
    assert aios("policy", "test", "quality/none").code == 2

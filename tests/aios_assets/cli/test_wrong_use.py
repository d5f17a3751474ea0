"""Wrong use: said in words with what to do, exit code 2, and no lake appears because somebody looked for one."""

import json
from pathlib import Path

import pytest

from aios_assets.cli.run import failed

READING = [
    ("trace", "acme/A1"),
    ("sql", "SELECT 1"),
    ("reconcile",),
    ("repair", "records"),
    ("maintain",),
    ("audit", "verify"),
    ("audit", "checkpoint"),
    ("audit", "receipts"),
    ("policy", "explain", "--entry", "3"),
    ("policy", "replay", "--all"),
    ("feed", "rejects"),
    ("vault", "reveal", "[mail:abcdefghijklmnopabcdefgh]", "--by", "eve", "--why", "asked"),
    ("vault", "forget", "[mail:abcdefghijklmnopabcdefgh]", "--by", "eve", "--why", "asked"),
]


@pytest.mark.parametrize("command", READING, ids=lambda command: " ".join(command[:2]))
def test_a_lake_that_is_not_there_is_not_made(aios, nowhere: Path, command: tuple[str, ...]) -> None:
    said = aios(*command, "--json")
    assert said.code == 2
    assert "no such folder" in said.told["error"]["why"]
    assert "aios run" in said.told["error"]["do"]
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("command", READING, ids=lambda command: " ".join(command[:2]))
def test_a_folder_that_is_no_lake_stays_as_it_is(aios, nowhere: Path, command: tuple[str, ...]) -> None:
    (nowhere / "lake").mkdir()
    (nowhere / "lake" / "mine.txt").write_text("mine")
    said = aios(*command)
    assert said.code == 2
    assert "it is no lake" in said.err
    assert [path.name for path in nowhere.rglob("*")] == ["lake", "mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to run"),
        (("gone.csv",), "no such file"),
        (("folder",), "no file in this folder"),
        (("empty.csv",), "the file is empty"),
        (("feed.csv", "--stages", "nonsense"), "nonsense is no stage"),
        (("feed.csv", "--profile", "lax"), "policy.profile"),
    ],
)
def test_a_run_that_cannot_be_says_so_at_once(aios, nowhere: Path, arguments: tuple[str, ...], words: str) -> None:
    (nowhere / "folder").mkdir()
    (nowhere / "empty.csv").touch()
    (nowhere / "feed.csv").write_text("id,title,price\n1,One thing,1.00\n")
    said = aios("run", *arguments)
    assert said.code == 2
    assert words in said.err
    assert "To do:" in said.err
    assert not (nowhere / "lake").exists()


def test_a_run_in_an_empty_folder_tells_how_to_start(aios, nowhere: Path) -> None:
    assert "aios example && aios run example/feeds/*" in aios("run").err


@pytest.mark.parametrize("arguments", [("nonsense",), ("trace",), ("sql", "--nonsense", "x"), ("audit", "nonsense")])
def test_words_that_no_command_knows(aios, arguments: tuple[str, ...]) -> None:
    said = aios(*arguments, "--json")
    assert said.code == 2
    assert json.loads(said.out)["error"]["what"] == "wrong use"


def test_settings_that_cannot_be_read_name_the_line(aios, nowhere: Path) -> None:
    (nowhere / "aios.toml").write_text("[lake\npath = 3\n")
    said = aios("trace", "a/b")
    assert said.code == 2
    assert "aios.toml" in said.err
    (nowhere / "aios.toml").write_text("[lake]\npaht = 'x'\n")
    assert "lake.paht" in aios("trace", "a/b").err


def test_stages_that_broke_off_by_one_fault_are_told_once() -> None:
    one = {"what": "delivery x.csv", "why": "not a feed", "do": "export it as CSV"}
    other = {"what": "stage golden", "why": "it broke off", "do": "mend it"}
    told = failed([{"table": "records", **one}, {"table": "golden", **other}, {"table": "sales", **one}])
    assert told[:3] == ["FAILED records, sales: delivery x.csv", "  why: not a feed", "  do:  export it as CSV"]
    assert told[3] == "FAILED golden: stage golden"

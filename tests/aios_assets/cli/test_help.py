"""Help: every command has one, with --lake and --json, and none of it costs an import."""

import subprocess
import sys

import pytest
import typer.main

from aios_assets.cli import app

HEAVY = (
    "polars",
    "dagster",
    "deltalake",
    "duckdb",
    "great_expectations",
    "pyarrow",
    "pydantic",
    "streamlit",
    "wasmtime",
)


def commands() -> list[tuple[str, ...]]:
    found = []
    for name, command in typer.main.get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found += [(name, sub) for sub in inner] if inner else [(name,)]
    return found


def test_every_command_of_the_design_is_there() -> None:
    named = {
        "init", "run", "trace", "sql", "reconcile", "repair", "maintain", "example", "dev",
        "audit verify", "audit checkpoint", "audit receipts", "feed inspect", "feed rejects",
        "policy list", "policy build", "policy test", "policy explain", "policy new", "policy replay",
        "evaluate matches", "evaluate pairs", "evaluate pii", "models list", "models card", "vault reveal", "vault forget",
    }  # fmt: skip
    assert {" ".join(command) for command in commands()} >= named


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_a_command_explains_itself_and_takes_lake_and_json(aios, command: tuple[str, ...]) -> None:
    said = aios(*command, "--help")
    assert said.code == 0
    assert "--lake" in said.out
    assert "--json" in said.out


@pytest.mark.parametrize("group", ["", *sorted({first for first, *rest in commands() if rest})])
def test_a_list_of_commands_breaks_no_sentence_off_on_a_terminal_of_eighty_columns(aios, group: str) -> None:
    listed = aios(*group.split(), "--help").out.partition("Commands:")[2].splitlines()
    assert listed
    assert [line for line in listed if line.endswith("...")] == []


def test_the_program_alone_shows_its_help(aios) -> None:
    said = aios()
    assert said.code == 2
    assert "aios run FEED" in said.out + said.err


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom aios_assets.cli import main\nmain(['--help'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"

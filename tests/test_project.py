"""The project as a whole: what is where, what the pages say, and that it needs nothing of the machine it was made on."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("aios_assets", "audit", "dashboards", "lineage", "policies", "serving")
FOLDERS = {*PACKAGES, "benchmarks", "deploy", "docs", "examples", "tests", ".ci"}
BROUGHT = {"triton_python_backend_utils", "grpc", "my_shop"}
"""Brought by Triton's server, by its client, by an example."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout, so nothing is tracked")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, parsed(file)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


class TestFiles:
    def test_every_file_lies_in_a_known_folder(self) -> None:
        strange = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}
        assert strange <= FOLDERS

    def test_no_file_is_a_lock_of_an_index_or_a_machines_own(self) -> None:
        names = {path.name for path in tracked()}
        assert not names & {"uv.lock", "poetry.lock", ".env", ".DS_Store"}

    def test_test_files_have_names_of_their_own(self) -> None:
        tests = [path for path in tracked() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
        programs = [path.name for path in tests if path.name != "conftest.py"]
        assert sorted({name for name in programs if programs.count(name) > 1}) == []

    def test_no_text_names_the_machine_that_it_was_written_on(self) -> None:
        home = re.compile(r"(?<![\w.~])/(?:root|work|home/\w+|Users/\w+)/\w")
        found = []
        for path in tracked():
            if path == Path(__file__).resolve() or path.suffix in {".wasm", ".gz"}:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in home.finditer(text)]
        assert found == []

    def test_constraints_hold_names_and_versions_only(self) -> None:
        lines = (ROOT / "deploy" / "constraints.txt").read_text().splitlines()
        pins = [line for line in lines if not line.startswith("#")]
        assert pins
        assert [line for line in pins if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][\w.+!]*", line)] == []


class TestLibraries:
    @pytest.mark.slow
    @pytest.mark.parametrize(("folders", "extras"), [(PACKAGES, ("triton",)), (("tests",), ("triton", "dev"))])
    def test_what_is_imported_is_declared(self, folders: tuple[str, ...], extras: tuple[str, ...]) -> None:
        project = PROJECT["project"]
        wanted = [
            *project["dependencies"],
            *(one for extra in extras for one in project["optional-dependencies"][extra]),
        ]
        declared = {plain(re.split(r"[\[<>=!~ ]", one)[0]) for one in wanted}
        own = {
            *sys.stdlib_module_names,
            *PACKAGES,
            "tests",
            "benchmarks",
            *(file.stem for file, _ in sources("tests")),
            *BROUGHT,
        }
        made_by = packages_distributions()
        missing = {
            name.split(".")[0]: str(file.relative_to(ROOT))
            for file, tree in sources(*folders)
            for name in imported(tree)
            if name.split(".")[0] not in own
            and not {plain(maker) for maker in made_by.get(name.split(".")[0], [name.split(".")[0]])} & declared
        }
        assert missing == {}

    def test_opentelemetrys_sdk_is_set_up_in_one_place(self) -> None:
        met = {
            str(file.relative_to(ROOT))
            for file, tree in sources(*PACKAGES)
            if any(name.startswith(("opentelemetry.sdk", "opentelemetry.exporter")) for name in imported(tree))
        }
        assert met == {"aios_assets/spans.py", "aios_assets/telemetry.py"}

    def test_a_package_costs_nothing_to_name(self) -> None:
        heavy = {"dagster", "great_expectations", "streamlit", "sklearn", "pandas", "deltalake"}
        program = f"import sys, aios_assets.cli; print(sorted({heavy!r} & set(sys.modules)))"
        told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert told.stdout.strip() == "[]"


@pytest.mark.slow
class TestRequirements:
    @pytest.mark.parametrize(
        ("required", "body", "status"),
        [
            ("", "pass", 0),  # the program is missing, and nobody asked for it
            ("opa", "pass", 1),  # skipped, although it was asked for
            ("opa", None, 1),  # nothing that needs it was there to be run
            ("opaque", "pass", 4),  # no such thing can be asked for
        ],
    )
    def test_what_ci_requires_is_not_skipped(
        self, tmp_path: Path, required: str, body: str | None, status: int
    ) -> None:
        inner = tmp_path / "tests"
        inner.mkdir()
        (inner / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
        needs = f"@pytest.mark.opa\ndef test_needs_it():\n    {body}\n" if body else ""
        (inner / "test_one.py").write_text(f"import pytest\n\ndef test_needs_nothing():\n    pass\n\n{needs}")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-c",
                str(ROOT / "pyproject.toml"),
                "--rootdir",
                str(tmp_path),
                str(inner),
            ],
            cwd=tmp_path,
            env={"PATH": str(tmp_path), "AIOS_REQUIRE": required, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr

    def test_ci_can_bring_whatever_a_marker_asks_for(self) -> None:
        conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
        known = set(re.findall(r'^    "(\w+)": \(', conftest, re.MULTILINE))
        can = subprocess.run([ROOT / "deploy" / "bring"], capture_output=True, text=True, check=True).stdout.split()
        assert known - {"shared"} <= set(can)
        assert len(known) > 2


class TestPages:
    def test_the_readme_shows_the_programs_own_help(self) -> None:
        from typer.testing import CliRunner

        from aios_assets.cli import app

        told = CliRunner().invoke(app, ["--help"], prog_name="aios", env={"COLUMNS": "100", "TERM": "dumb"})
        shown = block("<!-- aios --help -->")
        assert shown.split() == told.stdout.split()

    def test_the_readme_shows_the_examples_own_stage(self) -> None:
        stage = (ROOT / "examples" / "my_shop" / "my_shop" / "stages.py").read_text(encoding="utf-8")
        assert block("<!-- examples/my_shop/my_shop/stages.py -->") == stage.strip()

    def test_every_link_between_pages_leads_somewhere(self) -> None:
        pages = {path: path.read_text(encoding="utf-8") for path in tracked() if path.suffix == ".md"}
        links = [(page, target) for page, text in pages.items() for target in re.findall(r"\]\(([^)#\s]+)", text)]
        assert links
        assert [link for link in links if "://" not in link[1] and not (link[0].parent / link[1]).exists()] == []

    def test_every_decision_is_listed_and_tells_what_was_rejected(self) -> None:
        folder = ROOT / "docs" / "adr"
        index = (folder / "README.md").read_text(encoding="utf-8")
        decisions = sorted(folder.glob("0*.md"))
        assert decisions
        for number, page in enumerate(decisions, 1):
            assert page.name.startswith(f"{number:04d}-")
            assert page.name in index
            assert "**Rejected.**" in page.read_text(encoding="utf-8")

    def test_every_make_target_that_a_page_names_exists(self) -> None:
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        for page in ("README.md", "CHANGELOG.md"):
            named = set(re.findall(r"`make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")))
            assert named <= targets


def plain(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def block(mark: str) -> str:
    """The fenced block that follows a mark in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(re.escape(mark) + r"\n```\w*\n(.*?)\n```", text, re.DOTALL)
    assert found, f"the README has no block after {mark}"
    return found[1].strip()

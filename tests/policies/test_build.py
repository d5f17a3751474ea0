"""The bundle: that it is what the sources make, and that a changed byte of it is noticed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from policies import build
from policies.bundle import FILES, HERE, MANIFEST, Bundle
from policies.engine import EngineMissingError, WrongBundleError

SOURCES = build.SOURCES


def copied(folder: Path) -> Path:
    """The committed bundle in a folder that may be changed."""
    for name in (*FILES, MANIFEST):
        shutil.copy(HERE / name, folder / name)
    return folder


def test_the_committed_bundle_reads(bundle: Bundle, tmp_path: Path) -> None:
    assert bundle.revision == build.revision_of(SOURCES)
    assert bundle.rules == build.rules_in(SOURCES)
    assert Bundle.read(copied(tmp_path)).wasm == bundle.wasm


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_the_wrong_bundle(name: str, tmp_path: Path) -> None:
    path = copied(tmp_path) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WrongBundleError, match=name):
        Bundle.read(tmp_path)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_a_missing_engine(name: str, tmp_path: Path) -> None:
    (copied(tmp_path) / name).unlink()
    with pytest.raises(EngineMissingError, match=name):
        Bundle.read(tmp_path)


@pytest.mark.parametrize(
    "manifest", ["[]", "{}", '{"revision": "", "rules": ["a/b"], "sha256": {}}', '{"revision": "1", "sha256": {}}']
)
def test_a_manifest_that_names_nothing_is_the_wrong_bundle(manifest: str, tmp_path: Path) -> None:
    (copied(tmp_path) / MANIFEST).write_text(manifest)
    with pytest.raises(WrongBundleError):
        Bundle.read(tmp_path)


def test_a_manifest_that_is_no_json_is_a_missing_engine(tmp_path: Path) -> None:
    (copied(tmp_path) / MANIFEST).write_text("{")
    with pytest.raises(EngineMissingError):
        Bundle.read(tmp_path)


def test_every_rule_lies_in_its_folder_with_its_test_and_its_page() -> None:
    pages = Path(__file__).parents[2] / "docs" / "rules"
    for rule in build.rules_in():
        title = rule.split("/")[1]
        folder = SOURCES / "aios" / "rules" / rule
        assert (folder / f"{title}_test.rego").is_file()
        page = (pages / f"{rule.replace('/', '-')}.md").read_text()
        sections = [line for line in page.splitlines() if line.startswith("## ")]
        asked = ["What it asks", "Why", "Applies to", "Levels", "What to do when refused"]
        assert sections == [f"## {one}" for one in asked], rule
        assert page.startswith(f"# {rule}\n")


def test_each_profile_sets_the_same_levels(bundle: Bundle) -> None:
    levels = json.loads(bundle.data)["aios"]["levels"]
    assert sorted(levels) == ["pilot", "run", "scale"]
    shapes = [{rule: sorted(one) for rule, one in levels[profile].items()} for profile in levels]
    assert shapes[0] == shapes[1] == shapes[2]
    assert set(shapes[0]) <= set(bundle.rules)


@pytest.mark.opa
@pytest.mark.usefixtures("opa_program")
class TestBuilding:
    def test_the_sources_make_the_committed_bytes(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert build.main(["--check"]) == 0
        assert "is what policies/rego makes" in capsys.readouterr().out

    def test_a_difference_is_named(self, tmp_path: Path) -> None:
        copied(tmp_path)
        (tmp_path / "data.json").write_text("{}")
        assert build.check(tmp_path) == ("data.json",)

    def test_a_changed_rule_makes_another_revision(self, tmp_path: Path, bundle: Bundle) -> None:
        shutil.copytree(SOURCES, tmp_path / "rego")
        levels = tmp_path / "rego" / "aios" / "levels" / "data.json"
        levels.write_text(levels.read_text().replace("0.05", "0.06"))
        revision = build.build(tmp_path / "made", sources=tmp_path / "rego")
        assert revision not in {bundle.revision, ""}
        assert Bundle.read(tmp_path / "made").revision == revision
        (tmp_path / "rego" / "aios" / "main" / "more_test.rego").write_text("package aios.more_test\n")
        assert build.revision_of(tmp_path / "rego") == revision

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ('why := sprintf("%d", [input.rows])', "undefined function sprintf"),
            ("why := input.colums", "undefined ref: input.colums"),
            ("why := one if { one := 1", "rego_parse_error"),
        ],
    )
    def test_a_rule_outside_the_agreed_language_is_not_built(self, tmp_path: Path, line: str, said: str) -> None:
        shutil.copytree(SOURCES, tmp_path / "rego")
        folder = tmp_path / "rego" / "aios" / "rules" / "quality" / "new"
        folder.mkdir()
        (folder / "new.rego").write_text(f"package aios.rules.quality.new\n\n{line}\n")
        with pytest.raises(build.BuildError, match=said):
            build.build(tmp_path / "made", sources=tmp_path / "rego")

    def test_the_rules_pass_their_own_tests(self, opa_program: str) -> None:
        done = subprocess.run([opa_program, "test", str(SOURCES)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("PASS")

    def test_the_rules_are_formatted(self, opa_program: str) -> None:
        done = subprocess.run([opa_program, "fmt", "--list", str(SOURCES)], capture_output=True, text=True, check=True)
        assert done.stdout == ""


def test_without_opa_the_command_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert build.main(["--check"]) == 1
    assert "go install github.com/open-policy-agent/opa@v1.22.2" in capsys.readouterr().err


def test_another_opa_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "opa"
    program.write_text("#!/bin/sh\necho 'Version: 1.0.0'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.main([]) == 1
    assert "only 1.22.2 makes the same bytes" in capsys.readouterr().err

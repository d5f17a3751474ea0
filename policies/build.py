"""Builds the policy bundle from policies/rego: `python -m policies.build`, and with `--check` only compares."""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from policies.bundle import ARCHIVE, DATA, FILES, HERE, MANIFEST, WASM
from policies.engine import ENTRYPOINTS

OPA_VERSION = "1.22.2"
PACKAGE = Path(__file__).parent
SOURCES = PACKAGE / "rego"
CAPABILITIES = PACKAGE / "capabilities.json"
SCHEMAS = Path("aios") / "schema"


class BuildError(Exception):
    """A bundle that could not be built: what happened, why, what to do."""


def build(target: Path, *, sources: Path = SOURCES, entrypoints: Sequence[str] = ENTRYPOINTS) -> str:
    """Builds the bundle of these sources into a folder and answers its revision; the same sources give the same bytes.

    Holds the rules to the pinned OPA, to the built-ins in capabilities.json and to their input's schema on the way.
    """
    opa = _opa()
    revision = revision_of(sources)
    with tempfile.TemporaryDirectory() as scratch:
        tidy = Path(scratch) / "rego"
        shutil.copytree(sources, tidy, ignore=shutil.ignore_patterns("*_test.rego"))
        shutil.copy(CAPABILITIES, Path(scratch) / "capabilities.json")
        common = ["--capabilities", "capabilities.json", "--bundle", "rego"]
        schemas = ["--schema", str(Path("rego") / SCHEMAS)] if (sources / SCHEMAS).is_dir() else []
        _run([opa, "check", "--strict", *schemas, *common], scratch)
        asked = [word for one in entrypoints for word in ("--entrypoint", one)]
        made = ["--revision", revision, *asked, *common]
        _run([opa, "build", "--target", "wasm", "--output", "wasm.tar.gz", *made], scratch)
        _run([opa, "build", "--target", "rego", "--output", ARCHIVE, *made], scratch)
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(Path(scratch) / "wasm.tar.gz") as archive:
            for name in (WASM, DATA):
                (target / name).write_bytes(_member(archive, name))
        shutil.copy(Path(scratch) / ARCHIVE, target / ARCHIVE)
    manifest = {
        "revision": revision,
        "opa": OPA_VERSION,
        "entrypoints": list(entrypoints),
        "rules": list(rules_in(sources)),
        "sha256": {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in FILES},
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    return revision


def revision_of(sources: Path = SOURCES) -> str:
    """SHA-256 over the names and contents of all sources, tests left out, and the pinned OPA's version."""
    seen = hashlib.sha256(OPA_VERSION.encode())
    for path in sorted(path for path in sources.rglob("*") if path.is_file()):
        if path.suffix in {".rego", ".json"} and not path.name.endswith("_test.rego"):
            content = path.read_bytes()
            seen.update(f"\n{path.relative_to(sources).as_posix()} {len(content)}\n".encode() + content)
    return seen.hexdigest()


def rules_in(sources: Path = SOURCES) -> tuple[str, ...]:
    """The names of all rules: `<category>/<title>`, after the folders that hold a `<title>.rego`."""
    folders = (path.parent for path in sources.glob("aios/rules/*/*/*.rego") if path.stem == path.parent.name)
    return tuple(sorted(f"{folder.parent.name}/{folder.name}" for folder in folders))


def check(folder: Path = HERE) -> tuple[str, ...]:
    """The names of committed bundle files that differ from what the sources make; empty if all agree."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        build(fresh)
        return tuple(name for name in (*FILES, MANIFEST) if not _same(fresh / name, folder / name))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 built or equal, 1 not built or different."""
    parser = argparse.ArgumentParser(prog="python -m policies.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if the committed bundle differs")
    asked = parser.parse_args(arguments)
    try:
        if not asked.check:
            sys.stdout.write(f"policies/bundle is built, revision {build(HERE)}\n")
            return 0
        different = check()
    except BuildError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if different:
        sys.stderr.write(
            f"policies/bundle is not what policies/rego makes: {', '.join(different)} differ; "
            "run `python -m policies.build` and commit the result\n"
        )
        return 1
    sys.stdout.write("policies/bundle is what policies/rego makes\n")
    return 0


def _opa() -> str:
    """The program, after asking its version: another one would make other bytes."""
    found = shutil.which("opa")
    if found is None:
        raise BuildError(
            "the policy bundle cannot be built: the program opa is not on the PATH; "
            f"install it with `go install github.com/open-policy-agent/opa@v{OPA_VERSION}`"
        )
    told = _run([found, "version"], ".").split("\n", 1)[0]
    if told != f"Version: {OPA_VERSION}":
        raise BuildError(
            f"the policy bundle cannot be built: this opa says {told!r}, and only {OPA_VERSION} makes the same bytes; "
            f"install it with `go install github.com/open-policy-agent/opa@v{OPA_VERSION}`"
        )
    return found


def _run(command: Sequence[str], folder: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - a list, no shell
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise BuildError(f"`{' '.join(command[1:3])}` refused the rules: {said}; mend policies/rego and build again")
    return done.stdout


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    """One file of a bundle, whose names start with a slash."""
    for member in archive.getmembers():
        if member.name.lstrip("/") == name and (content := archive.extractfile(member)) is not None:
            return content.read()
    raise BuildError(f"the bundle that opa made holds no {name}; look at the output of `opa build --target wasm`")


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


if __name__ == "__main__":
    sys.exit(main())

"""The language's own conformance cases, compiled by OPA and run by the embedded engine.

Cases that need only what is inside the module; the others are refused by capabilities.json, as a rule of ours would be.
"""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from re import fullmatch
from typing import Any

import pytest

from policies.build import CAPABILITIES
from policies.bundle import Bundle
from policies.engine import AnswerUndefinedError, EngineFailedError
from policies.wasm import WasmEngine

CASES = Path(__file__).parents[3] / "shared" / "data" / "rego_cases"
EVERY = 5
"""A sample of each fifth case keeps the test under a minute; the compiler takes nearly all of it."""


@dataclass(frozen=True)
class Case:
    """One case: modules, data and input, and the value its entrypoint must have, or none (`wanted` is empty)."""

    note: str
    entrypoint: str
    modules: list[str]
    data: Any
    input: Any
    wanted: list[Any]
    fails: bool


def cases() -> Iterator[Case]:
    """Cases that ask for one document, with an input that is JSON."""
    for path in sorted(CASES.glob("*/*.json")):
        for case in json.loads(path.read_text())["cases"]:
            asked = fullmatch(r"data((?:\.\w+)+) = x", case["query"])
            reads_input = any("input" in module for module in case["modules"])
            if asked is None or "input_term" in case or (reads_input and "input" not in case):
                continue
            yield Case(
                note=case["note"],
                entrypoint=asked[1].strip(".").replace(".", "/"),
                modules=case["modules"],
                data=case.get("data") or {},
                input=case.get("input") or {},
                wanted=[binding["x"] for binding in case.get("want_result") or []],
                fails="want_error" in case or "want_error_code" in case,
            )


def compiled(opa: str, case: Case, bundle: Bundle, folder: Path) -> Bundle | None:
    """The case as a bundle; None where it needs a built-in that the host would have to have, or does not compile."""
    sources = folder / "sources"
    sources.mkdir()
    for number, module in enumerate(case.modules):
        (sources / f"{number}.rego").write_text(module)
    (sources / "data.json").write_text(json.dumps(case.data))
    command = [opa, "build", "--target", "wasm", "--capabilities", str(CAPABILITIES), "--entrypoint", case.entrypoint]
    done = subprocess.run([*command, "--bundle", "sources"], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        return None
    with tarfile.open(folder / "bundle.tar.gz") as archive:
        archive.extractall(folder, filter=lambda member, _: member.replace(name=member.name.lstrip("/")))
    return replace(bundle, wasm=(folder / "policy.wasm").read_bytes(), data=(folder / "data.json").read_bytes())


def outcome(engine: WasmEngine, case: Case) -> tuple[str, Any]:
    try:
        return "value", engine.decide(case.entrypoint, json.dumps(case.input).encode())
    except AnswerUndefinedError:
        return "undefined", None
    except EngineFailedError:
        return "failed", None


def agrees(case: Case, kind: str, value: Any) -> bool:
    """The value that is wanted; where an error is, no value."""
    if case.fails:
        return kind != "value"
    if not case.wanted:
        return kind == "undefined"
    return kind == "value" and same(value, case.wanted[0])


def same(value: Any, wanted: Any) -> bool:
    """Equal as JSON. A set has no order there, so a list that is wanted sorted may come in any."""
    if isinstance(wanted, dict):
        return (
            isinstance(value, dict)
            and value.keys() == wanted.keys()
            and all(same(value[key], wanted[key]) for key in wanted)
        )
    if not isinstance(wanted, list):
        return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)
    if not isinstance(value, list) or len(value) != len(wanted):
        return False
    in_order = all(same(one, other) for one, other in zip(value, wanted, strict=True))
    texts = [json.dumps(one, sort_keys=True) for one in wanted]
    return in_order or (
        wanted == sorted(wanted, key=_rank) and sorted(texts) == sorted(json.dumps(v, sort_keys=True) for v in value)
    )


def _rank(value: Any) -> tuple[int, Any]:
    """The language's order among values, as far as the cases need it: null, booleans, numbers, text, the rest."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 1, value
        case int() | float():
            return 2, value
        case str():
            return 3, value
        case _:
            return 4, json.dumps(value, sort_keys=True)


@pytest.mark.slow
@pytest.mark.opa
@pytest.mark.shared
@pytest.mark.skipif(not CASES.is_dir(), reason="the shared folder with the language's conformance cases is absent")
def test_the_language_means_what_its_makers_say(opa_program: str, bundle: Bundle, tmp_path: Path) -> None:
    ran, different = 0, []
    for number, case in enumerate(list(cases())[::EVERY]):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = compiled(opa_program, case, bundle, folder)
        if made is None:
            continue
        ran += 1
        kind, value = outcome(WasmEngine(made), case)
        if not agrees(case, kind, value):
            different.append((case.note, kind, value, case.wanted))
    assert ran > 80
    assert not different

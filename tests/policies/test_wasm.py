"""The embedded engine: what it refuses to load, when it stops, and that nothing leaks from one question to the next."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import orjson
import pytest
import wasmtime
from candidates import COLOURS, colour

from policies.bundle import Bundle
from policies.engine import (
    ROWS,
    RULES,
    VERDICT,
    AnswerMalformedError,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineOutOfMemoryError,
    EngineTooSlowError,
    WrongBundleError,
)
from policies.gate import ENGINE_ANSWERS, Gate
from policies.wasm import WasmEngine

FACTS = orjson.dumps(COLOURS.facts())

MODULE = r"""(module
  (import "env" "memory" (memory 2))
  (import "env" "opa_abort" (func $abort (param i32)))
  (import "env" "opa_builtin0" (func $builtin (param i32 i32) (result i32)))
  (data (i32.const 16) "{BUILTINS}\00")
  (data (i32.const 128) "{\"aios/main/verdict\":0}\00")
  (data (i32.const 256) "{RESULT}\00")
  (data (i32.const 512) "opa_malloc: failed\00")
  (data (i32.const 640) "conflicting values\00")
  (global (export "opa_wasm_abi_version") i32 (i32.const {ABI}))
  (global (export "opa_wasm_abi_minor_version") i32 (i32.const 3))
  (func (export "builtins") (result i32) (i32.const 16))
  (func (export "entrypoints") (result i32) (i32.const 128))
  (func (export "opa_json_dump") (param i32) (result i32) (local.get 0))
  (func (export "opa_malloc") (param i32) (result i32) (i32.const 4096))
  (func (export "opa_json_parse") (param i32 i32) (result i32) (i32.const {PARSED}))
  (func (export "opa_heap_ptr_get") (result i32) (i32.const 8192))
  (func (export "opa_eval") (param i32 i32 i32 i32 i32 i32 i32) (result i32) {EVAL}))
"""
"""The outside of a module that OPA compiled, around an evaluation that a test chooses."""

FOREVER = "(loop $again (br $again)) (i32.const 256)"
GREEDY = (
    "(loop $again (if (i32.ne (memory.grow (i32.const 16)) (i32.const -1)) (then (br $again))))"
    "(call $abort (i32.const 512)) (i32.const 256)"
)
ANSWERS = "(i32.const 256)"


def module(
    bundle: Bundle,
    *,
    evaluation: str = ANSWERS,
    result: str = r"[{\"result\":{\"rules\":{}}}]",
    builtins: str = "{}",
    abi: int = 1,
    parsed: int = 1,
) -> Bundle:
    """A bundle around a hand-made module."""
    text = MODULE.replace("{EVAL}", evaluation).replace("{RESULT}", result).replace("{ABI}", str(abi))
    text = text.replace("{BUILTINS}", builtins).replace("{PARSED}", str(parsed))
    return replace(bundle, wasm=bytes(wasmtime.wat2wasm(text)))


def test_a_hand_made_module_answers(bundle: Bundle) -> None:
    """The twin of every refusal below: the same module, without the fault."""
    assert WasmEngine(module(bundle)).decide(VERDICT, b"{}") == {"rules": {}}


def test_a_policy_that_runs_for_ever_is_stopped_at_its_deadline(bundle: Bundle) -> None:
    engine = WasmEngine(module(bundle, evaluation=FOREVER), seconds=0.2)
    started = monotonic()
    with pytest.raises(EngineTooSlowError, match=r"did not answer within 0\.2 seconds"):
        engine.decide(VERDICT, b"{}")
    assert 0.15 < monotonic() - started < 60


def test_a_policy_that_eats_memory_is_stopped_at_its_limit(bundle: Bundle) -> None:
    engine = WasmEngine(module(bundle, evaluation=GREEDY), memory=2**24)
    with pytest.raises(EngineOutOfMemoryError, match="more than the 16 MiB"):
        engine.decide(VERDICT, b"{}")


def test_the_gate_refuses_what_a_slow_or_greedy_policy_leaves_unanswered(bundle: Bundle) -> None:
    for evaluation in (FOREVER, GREEDY):
        engine = WasmEngine(module(bundle, evaluation=evaluation), seconds=0.1, memory=2**24)
        engine.identity = replace(engine.identity, rules=())
        verdict = Gate(engine, "run").judge(COLOURS)
        assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]


@pytest.mark.parametrize(
    ("evaluation", "result", "error", "said"),
    [
        (ANSWERS, "[]", AnswerUndefinedError, "undefined"),
        (ANSWERS, r"{\"result\":true}", AnswerMalformedError, "no single result"),
        (ANSWERS, "[{}]", AnswerMalformedError, "no single result"),
        (ANSWERS, r"[{\"result\":tr", AnswerMalformedError, "no JSON"),
        ("(i32.const -8)", "[]", EngineFailedError, "outside its memory"),
        ("(unreachable)", "[]", EngineFailedError, "unreachable"),
        ("(call $abort (i32.const 640)) (i32.const 256)", "[]", EngineFailedError, "conflicting values"),
        ("(call $builtin (i32.const 7) (i32.const 0))", "[]", EngineFailedError, "host built-in 7"),
    ],
)
def test_an_evaluation_that_goes_wrong_says_how(
    bundle: Bundle, evaluation: str, result: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        WasmEngine(module(bundle, evaluation=evaluation, result=result)).decide(VERDICT, b"{}")


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ({"builtins": r"{\"sprintf\":0,\"http.send\":1}"}, WrongBundleError, r"\['http.send', 'sprintf'\]"),
        ({"abi": 2}, WrongBundleError, "speaks ABI"),
        ({"parsed": 0}, EngineMissingError, "no JSON that the module can read"),
    ],
)
def test_what_could_only_fail_later_is_refused_at_load(
    bundle: Bundle, fault: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        WasmEngine(module(bundle, **fault))  # type: ignore[arg-type] # one keyword at a time


def test_a_module_of_another_compiler_is_refused_at_load(bundle: Bundle) -> None:
    nothing = bytes(wasmtime.wat2wasm("(module)"))
    no_functions = bytes(wasmtime.wat2wasm('(module (import "env" "memory" (memory 2)))'))
    for wasm, error in (
        (b"", EngineMissingError),
        (bundle.wasm[:1000], EngineMissingError),
        (nothing, WrongBundleError),
        (no_functions, WrongBundleError),
    ):
        with pytest.raises(error):
            WasmEngine(replace(bundle, wasm=wasm))


def test_data_that_is_no_json_is_refused_at_load(bundle: Bundle) -> None:
    with pytest.raises(EngineMissingError):
        WasmEngine(replace(bundle, data=b"{"))


def test_an_entrypoint_that_the_bundle_does_not_have_is_refused(wasm: WasmEngine) -> None:
    with pytest.raises(WrongBundleError, match="no entrypoint aios/main/other"):
        wasm.decide("aios/main/other", b"{}")


def test_an_input_that_is_no_json_is_refused(wasm: WasmEngine) -> None:
    good = wasm.decide(VERDICT, FACTS)
    for broken in (b"", b"{", FACTS[:-1]):
        answer = wasm.decide(VERDICT, broken)
        assert not any(one["admit"] for one in answer["rules"].values())
    assert wasm.decide(VERDICT, FACTS) == good


def test_too_little_memory_to_load_is_said(bundle: Bundle) -> None:
    with pytest.raises(EngineOutOfMemoryError):
        WasmEngine(bundle, memory=65536)


def rows(count: int) -> bytes:
    """A question about so many rows."""
    columns = {
        "answer.given": [True] * count,
        "answer.by": ["model:a"] * count,
        "answer.confidence": [0.75] * count,
    }
    rules = ["evidence/confidence-floor"]
    return orjson.dumps({"profile": "run", "rules": rules, "count": count, "columns": columns})


def test_the_real_rules_stop_at_deadline_and_limit_and_answer_the_next_question(bundle: Bundle) -> None:
    large = rows(60_000)
    slow = WasmEngine(bundle, seconds=0.05)
    with pytest.raises(EngineTooSlowError):
        slow.decide(ROWS, large)
    small = WasmEngine(bundle, memory=8 * 2**20)
    with pytest.raises(EngineOutOfMemoryError):
        small.decide(ROWS, large)
    tiny = WasmEngine(bundle, memory=4 * 2**20)
    with pytest.raises(EngineOutOfMemoryError):
        tiny.decide(ROWS, large)
    for engine in (slow, small, tiny):
        assert engine.decide(ROWS, rows(1))["judged"] == 1
    assert WasmEngine(bundle).decide(ROWS, large)["judged"] == 60_000


def test_memory_stays_where_the_largest_question_left_it(bundle: Bundle) -> None:
    engine = WasmEngine(bundle, memory=16 * 2**20)
    first = engine.decide(ROWS, rows(2_000))
    assert all(engine.decide(ROWS, rows(2_000)) == first for _ in range(50))


def test_one_question_does_not_show_in_the_next(wasm: WasmEngine) -> None:
    good = wasm.decide(VERDICT, FACTS)
    bad = orjson.dumps(colour(personal=3).facts())
    for _ in range(5):
        assert not wasm.decide(VERDICT, bad)["rules"]["privacy/no-raw-pii"]["admit"]
        assert wasm.decide(VERDICT, FACTS) == good


def test_threads_ask_one_engine_at_once(wasm: WasmEngine) -> None:
    good = wasm.decide(VERDICT, FACTS)
    bad = orjson.dumps(colour(personal=3).facts())
    other = wasm.decide(VERDICT, bad)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda turn: wasm.decide(VERDICT, bad if turn % 2 else FACTS), range(200)))
    assert answers == [other if turn % 2 else good for turn in range(200)]


def test_a_slow_thread_does_not_stop_a_quick_one(bundle: Bundle) -> None:
    stuck = WasmEngine(module(bundle, evaluation=FOREVER), seconds=0.3)
    quick = WasmEngine(bundle, seconds=5)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(stuck.decide, VERDICT, b"{}")
        while not slow.done():
            assert quick.decide(RULES, b"{}")
        with pytest.raises(EngineTooSlowError):
            slow.result()


@pytest.mark.opa
def test_rules_that_need_the_host_are_refused_at_load(opa_program: str, bundle: Bundle, tmp_path: Path) -> None:
    """A real module of OPA's compiler, once with a host built-in and once without."""
    for body, refused in (('sprintf("%d", [input])', True), ('concat("", [input])', False)):
        (tmp_path / "rule.rego").write_text(f"package aios.main\n\nverdict := {body}\n")
        command = [opa_program, "build", "--target", "wasm", "--entrypoint", VERDICT, "rule.rego"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        subprocess.run(["tar", "xzf", "bundle.tar.gz", "/policy.wasm"], cwd=tmp_path, check=True, capture_output=True)
        real = replace(bundle, wasm=(tmp_path / "policy.wasm").read_bytes())
        if refused:
            with pytest.raises(WrongBundleError, match="sprintf"):
                WasmEngine(real)
        else:
            assert WasmEngine(real).decide(VERDICT, b'"a"') == "a"

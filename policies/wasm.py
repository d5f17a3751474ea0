"""Embedded policy engine: the Wasm that OPA's own compiler makes of the rules, run in process by wasmtime.

Source: https://www.openpolicyagent.org/docs/wasm. A module may be asked from any thread: compiled code is
shared, each thread has a store of its own.
"""

import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, NoReturn

import orjson
import wasmtime

from policies.bundle import Bundle
from policies.engine import (
    AnswerMalformedError,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineOutOfMemoryError,
    EngineTooSlowError,
    Identity,
    WrongBundleError,
)

NAME = "wasm"
TICK = 0.02
"""Seconds between two looks at the clock while a policy runs: a deadline is kept to this."""
PAGE = 65536
SLICE = 16384
ABIS = ((1, 2), (1, 3))
"""1.2 brought `opa_eval` in one call; OPA 1.22 writes 1.3, in which nothing that is used here differs."""


class WasmEngine:
    """Runs a bundle's `policy.wasm` under a deadline and a memory limit.

    `seconds` is the deadline of one evaluation, `memory` the bytes of linear memory each thread's copy may have.
    """

    def __init__(self, bundle: Bundle, *, seconds: float = 10.0, memory: int = 512 * 2**20) -> None:
        self._machine = _machine()
        self._seconds = seconds
        self._memory = memory
        self._data = bundle.data
        try:
            self._module = compiled(bundle.wasm)
        except wasmtime.WasmtimeError as fault:
            raise EngineMissingError(
                NAME, why=f"policy.wasm is no module that can be compiled ({_first(fault)})"
            ) from fault
        engine = f"{NAME}, wasmtime {version('wasmtime')}"
        self.identity = Identity(policy=bundle.revision, engine=engine, rules=bundle.rules)
        self._local = threading.local()
        self._instance()

    def decide(self, entrypoint: str, document: bytes) -> Any:
        """The entrypoint's value over this JSON input; raises PolicyError."""
        instance = self._instance()
        try:
            return instance.evaluate(entrypoint, document)
        except BaseException:
            # A trap leaves the store's memory in an unknown state: the next question gets a fresh one.
            del self._local.instance
            raise

    def _instance(self) -> "_Instance":
        instance: _Instance | None = getattr(self._local, "instance", None)
        if instance is None:
            instance = _Instance(
                self._machine, self._module, data=self._data, seconds=self._seconds, memory=self._memory
            )
            self._local.instance = instance
        return instance


class _Machine:
    """One compiler for the process, and the clock that interrupts what runs too long; it ticks only meanwhile."""

    def __init__(self) -> None:
        config = wasmtime.Config()
        config.epoch_interruption = True
        config.parallel_compilation = False  # one module takes as long either way, and its threads would stay
        self.engine = wasmtime.Engine(config)
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._running = 0
        self._ticker: threading.Thread | None = None

    @contextmanager
    def running(self, store: wasmtime.Store, *, seconds: float) -> Iterator[None]:
        """Lets what the store runs inside this block be stopped after so many seconds."""
        store.set_epoch_deadline(max(1, math.ceil(seconds / TICK)) + 1)
        with self._lock:
            self._running += 1
            if self._ticker is None or not self._ticker.is_alive():
                self._ticker = threading.Thread(target=self._tick, name="policy-clock", daemon=True)
                self._ticker.start()
            self._busy.set()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if self._running == 0:
                    self._busy.clear()

    def _tick(self) -> NoReturn:
        while True:
            self._busy.wait()
            time.sleep(TICK)
            self.engine.increment_epoch()


@cache
def _machine() -> _Machine:
    return _Machine()


@lru_cache(maxsize=4)
def compiled(wasm: bytes) -> wasmtime.Module:
    """A module's code for this machine; once a process for the same bytes, since that costs a third of a second."""
    return wasmtime.Module(_machine().engine, wasm)


class _AbortError(Exception):
    """The module called `opa_abort`."""


class _Instance:
    """One store with the policy's data in it. Evaluations start from the same heap, so none leaks into the next."""

    def __init__(self, machine: _Machine, module: wasmtime.Module, *, data: bytes, seconds: float, memory: int) -> None:
        self._machine = machine
        self._seconds = seconds
        self._limit = memory
        self._store = wasmtime.Store(machine.engine)
        self._store.set_limits(memory_size=memory)
        self._aborted = ""
        with self._guard("load"), machine.running(self._store, seconds=seconds):
            self._memory = self._linear_memory(module)
            self._exports = self._link(module)
            self._check()
            self._entrypoints: dict[str, int] = self._dumped(self._call("entrypoints"))
            self._root = self._parsed(data)
            self._heap = self._call("opa_heap_ptr_get")

    def evaluate(self, entrypoint: str, document: bytes) -> Any:
        if entrypoint not in self._entrypoints:
            raise WrongBundleError(NAME, why=f"it has no entrypoint {entrypoint}, only {sorted(self._entrypoints)}")
        with self._guard(entrypoint), self._machine.running(self._store, seconds=self._seconds):
            heap = self._write(document, at=self._heap)
            address = self._call(
                "opa_eval", 0, self._entrypoints[entrypoint], self._root, self._heap, len(document), heap, 0
            )
            results = orjson.loads(self._bytes(address))
        if results == []:
            raise AnswerUndefinedError(NAME, entrypoint)
        match results:
            case [{"result": result}]:
                return result
            case _:
                raise AnswerMalformedError(NAME, entrypoint, why="the module gave no single result")

    @contextmanager
    def _guard(self, doing: str) -> Iterator[None]:
        """Says in the port's words what wasmtime says in its own."""
        self._aborted = ""
        try:
            yield
        except (wasmtime.Trap, wasmtime.WasmtimeError, _AbortError) as fault:
            if isinstance(fault, wasmtime.Trap) and fault.trap_code is wasmtime.TrapCode.INTERRUPT:
                raise EngineTooSlowError(NAME, doing, seconds=self._seconds) from fault
            if "malloc" in self._aborted:
                raise EngineOutOfMemoryError(NAME, doing, limit=self._limit) from fault
            raise EngineFailedError(NAME, doing, why=self._aborted or _first(fault)) from fault
        except orjson.JSONDecodeError as fault:
            raise AnswerMalformedError(NAME, doing, why=f"what it wrote is no JSON ({fault})") from fault

    def _linear_memory(self, module: wasmtime.Module) -> wasmtime.Memory:
        wanted = [one.type for one in module.imports if isinstance(one.type, wasmtime.MemoryType)]
        if len(wanted) != 1:
            raise WrongBundleError(NAME, why="policy.wasm does not import one memory, so OPA did not compile it")
        try:
            return wasmtime.Memory(self._store, wanted[0])
        except wasmtime.WasmtimeError as fault:
            raise EngineOutOfMemoryError(NAME, "load", limit=self._limit) from fault

    def _link(self, module: wasmtime.Module) -> Mapping[str, object]:
        """Answers the module's imports: the memory, abort and println, and refusals for every host built-in."""
        linker = wasmtime.Linker(self._machine.engine)
        linker.define(self._store, "env", "memory", self._memory)
        word = wasmtime.ValType.i32()

        def abort(address: int) -> None:
            self._aborted = self._bytes(address).decode(errors="replace")
            raise _AbortError(self._aborted)

        def unknown(number: int, *_: int) -> int:
            self._aborted = f"host built-in {number} was called, and this host has none"
            raise _AbortError(self._aborted)

        linker.define_func("env", "opa_abort", wasmtime.FuncType([word], []), abort)
        linker.define_func("env", "opa_println", wasmtime.FuncType([word], []), lambda _: None)
        for arguments in range(5):
            shape = wasmtime.FuncType([word] * (arguments + 2), [word])
            linker.define_func("env", f"opa_builtin{arguments}", shape, unknown)
        exports = linker.instantiate(self._store, module).exports(self._store)
        return {name: exports[name] for name in exports}

    def _check(self) -> None:
        """Refuses at load what could only fail at run: another ABI, built-ins that the host would have to have."""
        versions = [self._exports.get(f"opa_wasm_abi_{part}version") for part in ("", "minor_")]
        abi = tuple(one.value(self._store) if isinstance(one, wasmtime.Global) else None for one in versions)
        if abi not in ABIS:
            raise WrongBundleError(NAME, why=f"policy.wasm speaks ABI {abi}, this host {ABIS}")
        if asked := sorted(self._dumped(self._call("builtins"))):
            raise WrongBundleError(NAME, why=f"its rules call {asked}, which are not inside the module")

    def _call(self, name: str, *arguments: int) -> int:
        function = self._exports.get(name)
        if not isinstance(function, wasmtime.Func):
            raise WrongBundleError(NAME, why=f"policy.wasm exports no function {name}, so OPA did not compile it")
        answer = function(self._store, *arguments)
        return answer if isinstance(answer, int) else 0

    def _parsed(self, document: bytes) -> int:
        """The address of this JSON as one of the module's values; it stays for the instance's life."""
        address = self._call("opa_malloc", len(document))
        self._memory.write(self._store, document, address)
        if parsed := self._call("opa_json_parse", address, len(document)):
            return parsed
        raise EngineMissingError(NAME, why="the bundle's data.json is no JSON that the module can read")

    def _write(self, document: bytes, *, at: int) -> int:
        """Writes an input and answers where the heap may go on; grows the memory first where it does not fit."""
        end = (at + len(document) + 7) // 8 * 8
        if missing := max(0, end - self._memory.data_len(self._store)):
            try:
                self._memory.grow(self._store, -(-missing // PAGE))
            except wasmtime.WasmtimeError as fault:
                raise EngineOutOfMemoryError(NAME, "the input", limit=self._limit) from fault
        self._memory.write(self._store, document, at)
        return end

    def _dumped(self, address: int) -> Any:
        """One of the module's values, as JSON."""
        return orjson.loads(self._bytes(self._call("opa_json_dump", address)))

    def _bytes(self, address: int) -> bytes:
        """The zero-terminated string at this address, read in slices so that none ever reaches past the memory."""
        size = self._memory.data_len(self._store)
        read = bytearray()
        while 0 <= address < size:
            piece = self._memory.read(self._store, address, min(address + SLICE, size))
            end = piece.find(0)
            if end >= 0:
                return bytes(read + piece[:end])
            read += piece
            address += len(piece)
        self._aborted = "the module points outside its memory"
        raise _AbortError(self._aborted)


def _first(fault: Exception) -> str:
    """What happened, without wasmtime's backtrace."""
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[-1] if lines else type(fault).__name__

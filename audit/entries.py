"""Entries: the bodies of the ledger's entries about governed tables, written and read in one place."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from audit.errors import LedgerError
from policies.candidate import InputFacts
from policies.permit import DraftFile, Write


@dataclass(frozen=True)
class Planned:
    """One write that a decision is about, with the Delta schema (JSON) that the table has after it."""

    write: Write
    schema: str

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        write = self.write
        return {
            "table": write.table,
            "parent": write.parent,
            "overwrite": write.overwrite,
            "contract": write.contract,
            "schema": self.schema,
            "adds": [asdict(file) for file in write.adds],
            "removes": list(write.removes),
        }

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Planned":
        """Reads what `body` wrote; raises LedgerError."""
        told = _Fields("a write", body)
        adds = tuple(_file(item) for item in told.items("adds"))
        table, parent, removes = told.text("table"), told.number("parent"), told.texts("removes")
        write = Write(table, parent, adds, removes, told.text("contract"), overwrite=told.flag("overwrite"))
        return cls(write, told.text("schema"))


@dataclass(frozen=True)
class Decided:
    """What was judged and how. `permit` is None where it was refused.

    `candidate` is the SHA-256 of the candidate's facts, `verdict` its plain form, `models` plain model facts without
    fractions, `measures` further figures as strings (seconds, rows, shares). `code` is the stage's digest, `row_rules`
    that of the rules its rows were judged by. `event` is the lineage event that ends the attempt, so that a commit can
    be finished from the ledger alone. Subject of the entry: `table`.
    """

    permit: str | None
    attempt: str
    run: str
    stage: str
    table: str
    admitted: bool
    candidate: str
    verdict: Mapping[str, Any]
    profile: str
    writes: tuple[Planned, ...]
    inputs: tuple[InputFacts, ...] = ()
    models: tuple[Mapping[str, Any], ...] = ()
    cost: str = "0"
    seconds: str = "0"
    measures: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    row_rules: str = ""
    event: Mapping[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "permit": self.permit,
            "attempt": self.attempt,
            "run": self.run,
            "stage": self.stage,
            "table": self.table,
            "admitted": self.admitted,
            "candidate": self.candidate,
            "verdict": dict(self.verdict),
            "profile": self.profile,
            "writes": [planned.body() for planned in self.writes],
            "inputs": [asdict(one) for one in self.inputs],
            "models": [dict(one) for one in self.models],
            "cost": self.cost,
            "seconds": self.seconds,
            "measures": dict(self.measures),
            "code": self.code,
            "row_rules": self.row_rules,
            "event": None if self.event is None else dict(self.event),
        }

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Decided":
        """Reads what `body` wrote; raises LedgerError, also where `admitted` and the permit contradict each other."""
        told = _Fields("a decision", body)
        permit, admitted, verdict = told.maybe_text("permit"), told.flag("admitted"), told.mapping("verdict")
        if admitted is not (permit is not None) or verdict.get("admitted") is not admitted:
            raise LedgerError("a decision contradicts itself: admitted, its verdict and its permit must agree")
        return cls(
            permit=permit,
            attempt=told.text("attempt"),
            run=told.text("run"),
            stage=told.text("stage"),
            table=told.text("table"),
            admitted=admitted,
            candidate=told.text("candidate"),
            verdict=verdict,
            profile=told.text("profile"),
            writes=tuple(Planned.parse(item) for item in told.items("writes")),
            inputs=tuple(_input(item) for item in told.items("inputs")),
            models=told.items("models"),
            cost=told.text("cost"),
            seconds=told.text("seconds"),
            measures=told.mapping("measures"),
            code=told.text("code"),
            row_rules=told.text("row_rules"),
            event=told.maybe_mapping("event"),
        )


@dataclass(frozen=True)
class Committed:
    """A write became this Delta version, whose log file has this SHA-256; `decided` is the decision's ledger index.

    Subject of the entry: `table`; its once key: `closed(permit, table)`.
    """

    permit: str
    table: str
    version: int
    log_sha256: str
    decided: int

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Committed":
        """Reads what `body` wrote; raises LedgerError."""
        told = _Fields("a commit", body)
        permit, table, version = told.text("permit"), told.text("table"), told.number("version")
        return cls(permit, table, version, told.text("log_sha256"), told.number("decided"))


@dataclass(frozen=True)
class Abandoned:
    """A write that was admitted and will never happen. Subject and once key as Committed's."""

    permit: str
    table: str
    why: str

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Abandoned":
        """Reads what `body` wrote; raises LedgerError."""
        told = _Fields("an abandonment", body)
        return cls(told.text("permit"), told.text("table"), told.text("why"))


@dataclass(frozen=True)
class Foreign:
    """A Delta version that no permit covers was found. `repaired_by` is the permit of the commit that undid it, if any.

    An entry that names the same version again, with `repaired_by`, tells of the repair. Subject of the entry: `table`.
    """

    table: str
    version: int
    log_sha256: str
    repaired_by: str | None = None

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Foreign":
        """Reads what `body` wrote; raises LedgerError."""
        told = _Fields("a foreign version", body)
        table, version = told.text("table"), told.number("version")
        return cls(table, version, told.text("log_sha256"), told.maybe_text("repaired_by"))


@dataclass(frozen=True)
class Vacuumed:
    """Files were deleted on purpose, and with them these versions. Subject of the entry: `table`."""

    table: str
    paths: tuple[str, ...]
    versions: tuple[int, ...]

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return {"table": self.table, "paths": list(self.paths), "versions": list(self.versions)}

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Vacuumed":
        """Reads what `body` wrote; raises LedgerError."""
        told = _Fields("a vacuum", body)
        return cls(told.text("table"), told.texts("paths"), told.numbers("versions"))


@dataclass(frozen=True)
class Promised:
    """The contract that a table was about to be published under, in its own words. Subject of the entry: `table`.

    `text` is what the digest `contract` is of (policies.contract.Contract.text); `rules` has each row rule's expression as
    polars writes it, in Base64.
    """

    table: str
    contract: str
    text: str
    rules: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """As JSON values."""
        return {"table": self.table, "contract": self.contract, "text": self.text, "rules": list(self.rules)}

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Promised":
        """Reads what `body` wrote; raises LedgerError, also where the text is not that of the digest."""
        told = _Fields("a contract", body)
        contract, text = told.text("contract"), told.text("text")
        if hashlib.sha256(text.encode()).hexdigest() != contract:
            raise LedgerError(f"the contract {contract} in the ledger is told in other words than it has")
        return cls(told.text("table"), contract, text, told.texts("rules"))


def closed(permit: str, table: str) -> str:
    """The once key under which one write of a permit is closed: committed or abandoned, never both, never twice."""
    return f"closed:{permit}:{table}"


def _file(body: Mapping[str, Any]) -> DraftFile:
    told = _Fields("a file", body)
    return DraftFile(
        told.text("path"), told.number("size"), told.text("sha256"), told.number("rows"), told.text("stats")
    )


def _input(body: Mapping[str, Any]) -> InputFacts:
    told = _Fields("an input", body)
    name, kind, digest = told.text("name"), told.text("kind"), told.maybe_text("digest")
    return InputFacts(name, kind, told.maybe_number("version"), digest, told.maybe_number("ledger_index"))


class _Fields:
    """Reads the fields of a body, each of exactly the type it should have."""

    def __init__(self, what: str, body: Mapping[str, Any]) -> None:
        self._what, self._body = what, body
        if not isinstance(body, Mapping):
            raise LedgerError(f"{what} in the ledger is no object; run `aios audit verify`")

    def _get(self, name: str, *types: type) -> Any:
        value = self._body.get(name)
        if type(value) not in types:
            raise LedgerError(f"{self._what} in the ledger has no valid {name!r} ({value!r}); run `aios audit verify`")
        return value

    def text(self, name: str) -> str:
        value: str = self._get(name, str)
        return value

    def maybe_text(self, name: str) -> str | None:
        value: str | None = self._get(name, str, type(None))
        return value

    def number(self, name: str) -> int:
        value: int = self._get(name, int)
        return value

    def maybe_number(self, name: str) -> int | None:
        value: int | None = self._get(name, int, type(None))
        return value

    def flag(self, name: str) -> bool:
        value: bool = self._get(name, bool)
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = self._get(name, dict)
        return value

    def maybe_mapping(self, name: str) -> dict[str, Any] | None:
        value: dict[str, Any] | None = self._get(name, dict, type(None))
        return value

    def items(self, name: str) -> tuple[dict[str, Any], ...]:
        return self._all(name, dict)

    def texts(self, name: str) -> tuple[str, ...]:
        return self._all(name, str)

    def numbers(self, name: str) -> tuple[int, ...]:
        return self._all(name, int)

    def _all(self, name: str, kind: type) -> tuple[Any, ...]:
        found = tuple(self._get(name, list, tuple))
        if any(type(item) is not kind for item in found):
            raise LedgerError(f"{self._what} in the ledger has no valid {name!r}; run `aios audit verify`")
        return found

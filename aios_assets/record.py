"""Record: what an attempt tells the ledger, and through it OpenLineage."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aios_assets.contracts import written_rule
from aios_assets.ending import closing_event
from audit.canonical import canonical
from audit.clock import Clock
from audit.entries import Decided, Planned, Promised
from audit.ledger import Entry, Kind, Ledger, Logged
from lineage.attempt import Attempt as Told
from lineage.attempt import Decision, Input, Output
from lineage.events import completed, failed, started
from policies.candidate import Candidate
from policies.contract import Contract
from policies.permit import Write
from policies.verdict import Verdict

UNKNOWN = 0
"""Stands for the ledger index in an event until the decision has one."""


@dataclass(frozen=True)
class Written:
    """A write of an attempt, the contract it follows, and the Delta schema (JSON) it leaves."""

    write: Write
    contract: Contract
    schema: str


@dataclass(frozen=True)
class Record:
    """What is the same for everything that one attempt tells."""

    ledger: Ledger
    clock: Clock
    told: Told
    attempt: str
    inputs: tuple[Input, ...]
    contract: Contract
    begun: datetime
    trace_id: str

    def decided(
        self,
        candidate: Candidate,
        verdict: Verdict,
        written: Sequence[Written],
        *,
        word: Mapping[str, Any] | None = None,
        **measures: Any,
    ) -> Logged:
        """Appends START, the decision and what models did in one go, and for a refusal its FAIL; returns the decision's entry.

        Where a table gets another contract, that is told in its own words; where a person asked for it, so is that person's
        `word`. `measures` are fields of audit.entries.Decided: run, models, cost, seconds, code, row_rules, measures.
        """
        permit = self.attempt if verdict.admitted else None
        event = self._ending(candidate, verdict, written, permit)
        body = Decided(
            permit=permit,
            attempt=self.attempt,
            stage=self.told.stage,
            table=candidate.table,
            admitted=verdict.admitted,
            candidate=hashlib.sha256(canonical(_exact(candidate.facts()))).hexdigest(),
            verdict=verdict.plain(),
            profile=candidate.profile,
            writes=tuple(Planned(w.write, w.schema) for w in written) if verdict.admitted else (),
            inputs=candidate.inputs,
            event=event,
            **measures,
        )
        start = started(self.told, at=self.begun, inputs=self.inputs, outputs=[Output(candidate.table, self.contract)])
        told = [
            self._entry(Kind.LINEAGE, self.told.stage, {"event": start}, f"start:{self.attempt}"),
            self._entry(Kind.DECIDED, candidate.table, body.body(), f"decided:{self.attempt}"),
        ]
        if body.models:
            summary = {"attempt": self.attempt, "models": [dict(model) for model in body.models]}
            told.append(self._entry(Kind.MODELS, self.told.stage, summary, f"models:{self.attempt}"))
        if word is not None:
            said = {**word, "attempt": self.attempt}
            told.append(self._entry(Kind.REVIEW, candidate.table, said, f"word:{self.attempt}"))
        told += [self._promised(one) for one in written if verdict.admitted and one.write.overwrite]
        logged = self.ledger.append(*told)[1]
        if not verdict.admitted:
            self.ledger.append(closing_event(body, logged.index, self.clock.now(), self.trace_id))
        return logged

    def fault(self, error: BaseException) -> None:
        """Appends START and FAIL of an attempt that a fault ended; only the fault's class is told."""
        outputs = [Output(self.told.stage, self.contract)]
        start = started(self.told, at=self.begun, inputs=self.inputs, outputs=outputs)
        end = failed(self.told, at=self.clock.now(), inputs=self.inputs, outputs=outputs, fault=type(error))
        self.ledger.append(
            self._entry(Kind.LINEAGE, self.told.stage, {"event": start}, f"start:{self.attempt}"),
            self._entry(Kind.LINEAGE, self.told.stage, {"event": end}, f"end:{self.attempt}"),
        )

    def _ending(
        self, candidate: Candidate, verdict: Verdict, written: Sequence[Written], permit: str | None
    ) -> dict[str, Any]:
        decision = Decision(verdict, candidate, UNKNOWN, permit, self.trace_id)
        at = self.clock.now()
        if not verdict.admitted:
            outputs = [Output(candidate.table, self.contract, candidate)]
            return failed(self.told, at=at, inputs=self.inputs, outputs=outputs, decision=decision)
        outputs = [
            Output(
                w.write.table,
                w.contract,
                candidate if w.write.table == candidate.table else None,
                w.write,
                w.write.parent + 1,
                aside_of=None if w.write.table == candidate.table else self.contract,
            )
            for w in written
        ]
        return completed(self.told, at=at, inputs=self.inputs, outputs=outputs, decision=decision)

    def _promised(self, one: Written) -> Entry:
        rules = tuple(written_rule(rule.holds) for rule in one.contract.rules)
        table, digest = one.write.table, one.contract.digest
        promised = Promised(table, digest, one.contract.text, rules)
        return self._entry(Kind.CONTRACT, table, promised.body(), f"contract:{self.attempt}:{table}")

    def _entry(self, kind: Kind, subject: str, body: Mapping[str, Any], once: str) -> Entry:
        return Entry(kind, subject, body, self.clock.now(), self.trace_id, once)


def _exact(value: Any) -> Any:
    """Floats as their shortest text: the ledger's canonical form has none."""
    match value:
        case float():
            return repr(value)
        case Mapping():
            return {key: _exact(item) for key, item in value.items()}
        case list() | tuple():
            return [_exact(item) for item in value]
        case _:
            return value

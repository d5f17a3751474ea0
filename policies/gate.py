"""Gate: one judgement of one candidate, and of its rows. Pure: it asks the engine and does nothing else."""

import hashlib
from collections.abc import Sequence

import orjson
import polars as pl

from policies.answers import Answer, answers_of, rules_of
from policies.candidate import Candidate
from policies.contract import Contract
from policies.engine import PolicyEngine, PolicyError
from policies.rows import RowVerdict, judge_rows
from policies.verdict import Finding, Outcome, Verdict

ENGINE_ANSWERS = "gate/engine-answers"
"""The gate's own rule: the engine must answer, completely and literally."""

SAME_PROFILE = "gate/same-profile"
"""The gate's own rule: a candidate is judged under the profile that it was measured for."""


class Gate:
    """Judges candidates and rows under one profile (`pilot`, `scale`, `run`) by what one engine answers.

    An engine that is missing, slow, silent or unclear means *no*: it becomes a refusing finding, never an exception.
    """

    def __init__(self, engine: PolicyEngine, profile: str) -> None:
        self._engine = engine
        self.profile = profile

    @property
    def row_rules_digest(self) -> str:
        """SHA-256 of everything that a row's judgement rests on besides its facts: the bundle and the profile, hex."""
        return hashlib.sha256(f"{self._engine.identity.policy}\n{self.profile}".encode()).hexdigest()

    def judge(self, candidate: Candidate) -> Verdict:
        """Asks every rule about the candidate; anything but a complete, literal answer is a refusal."""
        if candidate.profile != self.profile:
            return self._verdict(candidate, (_other_profile(candidate, self.profile),))
        try:
            facts = orjson.dumps(candidate.facts())
            answers = answers_of(self._engine, rules_of(self._engine), facts)
        except PolicyError as fault:
            return self._verdict(candidate, (_unanswered(fault),))
        except orjson.JSONEncodeError as fault:
            return self._verdict(candidate, (_unwritable(candidate, fault),))
        return self._verdict(
            candidate, tuple(finding for name, answer in answers.items() for finding in _findings(name, answer))
        )

    def rows(self, frame: pl.DataFrame, contract: Contract) -> RowVerdict:
        """Asks every row rule once per distinct fact; one unjudged fact refuses all rows, and `fault` says why."""
        try:
            rules = [rule for rule in rules_of(self._engine) if rule.kind == "row"]
            return judge_rows(self._engine, rules, frame, contract, profile=self.profile)
        except PolicyError as fault:
            return RowVerdict(rows=frame.height, refusals=(), judgements=(), fault=_unanswered(fault))

    def _verdict(self, candidate: Candidate, findings: Sequence[Finding]) -> Verdict:
        identity = self._engine.identity
        return Verdict(
            table=candidate.table,
            draft=candidate.draft,
            findings=tuple(findings),
            policy=identity.policy,
            engine=identity.engine,
        )


def _findings(name: str, answer: Answer) -> Sequence[Finding]:
    """What one rule's answer says, in the verdict's words."""
    if answer.admit:
        return (Finding(name, Outcome.ADMITTED, why=answer.because, do="nothing needs to be done"),)
    if not answer.applies:
        return (Finding(name, Outcome.NOT_APPLICABLE, why=answer.because, do="nothing needs to be done"),)
    found = sorted(answer.findings, key=lambda one: (one.about, one.why))
    return tuple(Finding(name, Outcome.REFUSED, why=one.why, do=one.do, about=one.about) for one in found)


def _unanswered(fault: PolicyError) -> Finding:
    return Finding(ENGINE_ANSWERS, Outcome.REFUSED, why=f"{fault.what}: {fault.why}", do=fault.do)


def _unwritable(candidate: Candidate, fault: Exception) -> Finding:
    return Finding(
        ENGINE_ANSWERS,
        Outcome.REFUSED,
        why=f"the facts about table {candidate.table} cannot be written as JSON, so no rule was asked: {fault}",
        do="put only text, numbers, booleans, lists and objects into the candidate's facts and model cards",
        about=candidate.table,
    )


def _other_profile(candidate: Candidate, profile: str) -> Finding:
    return Finding(
        SAME_PROFILE,
        Outcome.REFUSED,
        why=f"the candidate names profile {candidate.profile!r}, and this gate judges under {profile!r}",
        do="measure and judge an attempt under one profile",
        about=candidate.table,
    )

"""PolicyEngine: the port behind which rules are evaluated, and what may be wrong with an engine."""

from dataclasses import dataclass
from typing import Any, Protocol

VERDICT = "aios/main/verdict"
"""Entrypoint: a candidate's facts in, every rule's answer out."""
RULES = "aios/main/rules"
"""Entrypoint: nothing in, every rule's name, title, kind and facts out."""
ROWS = "aios/main/rows"
"""Entrypoint: one row rule and columns of distinct facts in, the refused indices out."""

ENTRYPOINTS = (RULES, ROWS, VERDICT)


@dataclass(frozen=True)
class Identity:
    """Which policy answers, and what runs it.

    `policy` is the bundle's revision, a SHA-256 of its sources, hex; `rules` names every rule that lies in it, so that
    an engine which knows fewer is found out.
    """

    policy: str
    engine: str
    rules: tuple[str, ...]


class PolicyEngine(Protocol):
    """Evaluates one entrypoint of the bundle over one input."""

    @property
    def identity(self) -> Identity:
        """Which bundle answers and which program runs it."""

    def decide(self, entrypoint: str, document: bytes) -> Any:
        """The entrypoint's value over this input, both JSON; raises PolicyError for anything but a defined value.

        An engine vouches that an answer came from the bundle in its identity. It judges nothing.
        """


class PolicyError(Exception):
    """An engine that gave no answer: `what` happened, `why`, and what to `do`. Whatever was asked stays refused."""

    def __init__(self, what: str, *, why: str, do: str) -> None:
        super().__init__(f"{what}: {why}; {do}")
        self.what = what
        self.why = why
        self.do = do


class EngineMissingError(PolicyError):
    """The engine cannot be reached or loaded."""

    def __init__(self, engine: str, *, why: str) -> None:
        super().__init__(
            f"the policy engine {engine} is missing",
            why=why,
            do="start or install it (`aios policy build` makes the bundle again), then repeat the run",
        )


class EngineTooSlowError(PolicyError):
    """The engine did not answer within its deadline."""

    def __init__(self, engine: str, entrypoint: str, *, seconds: float) -> None:
        super().__init__(
            f"the policy engine {engine} was too slow",
            why=f"{entrypoint} did not answer within {seconds:g} seconds",
            do="repeat the run; if it stays slow, look for the rule that grew, or raise the engine's deadline",
        )


class EngineOutOfMemoryError(PolicyError):
    """The engine needed more memory than it may have."""

    def __init__(self, engine: str, entrypoint: str, *, limit: int) -> None:
        super().__init__(
            f"the policy engine {engine} ran out of memory",
            why=f"{entrypoint} needed more than the {limit // 2**20} MiB it may have",
            do="ask in smaller batches, or raise the engine's memory limit",
        )


class EngineFailedError(PolicyError):
    """The engine stopped in the middle of an evaluation, or answered with an error."""

    def __init__(self, engine: str, entrypoint: str, *, why: str) -> None:
        super().__init__(
            f"the policy engine {engine} failed at {entrypoint}",
            why=why,
            do="run `opa test policies/rego`, mend the rule that fails, and repeat the run",
        )


class AnswerUndefinedError(PolicyError):
    """The entrypoint has no value over this input."""

    def __init__(self, engine: str, entrypoint: str) -> None:
        super().__init__(
            f"the policy engine {engine} answered nothing",
            why=f"{entrypoint} is undefined over this input, and undefined means no",
            do="compare the input with policies/rego/aios/schema/candidate.json, and the bundle with its sources",
        )


class AnswerMalformedError(PolicyError):
    """The answer is no JSON value of the agreed form."""

    def __init__(self, engine: str, entrypoint: str, *, why: str) -> None:
        super().__init__(
            f"the policy engine {engine} gave a malformed answer",
            why=f"{entrypoint}: {why}",
            do="check that the engine runs the committed bundle, and rebuild that with `python -m policies.build`",
        )


class WrongBundleError(PolicyError):
    """The engine would answer from another bundle than the one that was asked for."""

    def __init__(self, engine: str, *, why: str) -> None:
        super().__init__(
            f"the policy engine {engine} holds the wrong bundle",
            why=why,
            do="give it the bundle that `python -m policies.build` makes of policies/rego",
        )

"""Desk: where people's decisions about pairs of records are taken, and where they are refused.

A decision is bound to the version of both records that was seen. It is refused where that has changed since, where the
person may not decide or would approve their own doing, where another decision stands, and where it would contradict others.
A decision that is told again is recognised, not repeated.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl

from aios_assets.beside import Beside
from aios_assets.enrich.redact import Tokens, tokenise
from aios_assets.errors import Refused, SettingsError
from aios_assets.lake import Lake
from aios_assets.reviews import Decision, Reviewed, decided_body, entry_of, once_after
from aios_assets.sitting import Asked, Made, Sitting
from audit.ledger import AlreadyLogged

__all__ = ["Asked", "Desk", "Made"]

TRIES: Final = 5
"""Times that a decision is judged anew because another came first."""


class Desk:
    """Takes decisions about one lake's records. `reviewers`: who may decide; empty: anybody who signs."""

    def __init__(self, lake: Lake, tokens: Tokens, reviewers: Sequence[str]) -> None:
        self._lake, self._tokens, self._reviewers = lake, tokens, tuple(reviewers)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self._lake.clock.now()

    def take(self, asked: Sequence[Asked], *, whole: bool = False) -> list[Made | Refused | SettingsError]:
        """What became of each, in order. What is not refused is appended in one go; `whole`: nothing where one is refused."""
        for _ in range(TRIES):
            reviewed = Reviewed.read(self._lake.ledger)
            records = [record for one in asked for record in one.pair]
            sitting = Sitting(Beside(self._lake), self.signed, self.now, reviewed, records)
            sitting.free(one.pair for one in asked if one.frees)
            outcomes = [sitting.outcome(one) for one in asked]
            if whole and any(not isinstance(told, Made) for told in outcomes):
                return [told for told in outcomes if not isinstance(told, Made)]
            fresh = [told for told in outcomes if isinstance(told, Made) and not told.already]
            at = self.now
            entries = [
                entry_of(self._body(made.decision), at, None if number else once_after(reviewed.last))
                for number, made in enumerate(fresh)
            ]
            try:
                logged = iter(self._lake.ledger.append(*entries) if entries else ())
            except AlreadyLogged:
                continue  # somebody decided in between: judged again, with that in sight
            return [
                replace(told, decision=replace(told.decision, index=next(logged).index, at=at))
                if isinstance(told, Made) and not told.already
                else told
                for told in outcomes
            ]
        raise Refused("the decision", f"{TRIES} times another came first", "try again when fewer people decide")

    def one(self, asked: Asked) -> Made:
        """The same for one decision. Raises Refused, SettingsError."""
        (told,) = self.take([asked])
        if isinstance(told, Made):
            return told
        raise told

    def signed(self, by: str, why: str) -> tuple[str, str]:
        """Name and reason as the ledger may keep them. Raises SettingsError, Refused."""
        by, why = by.strip(), why.strip()
        if not by or not why:
            raise SettingsError("--by and --why", "one of them is empty", "say who decides, and for what reason")
        name, reason = tokenise(pl.Series([by, why]), self._tokens)
        if name != by:
            raise SettingsError(
                "--by",
                "it holds personal data, and the ledger never forgets",
                "sign with a name such as ann or a.smith",
            )
        if self._reviewers and by not in self._reviewers:
            raise Refused(
                f"a decision by {by}",
                f"[reviews] reviewers in aios.toml names {', '.join(self._reviewers)} and nobody else",
                "have one of them decide, or put the name on the list",
            )
        return by, reason

    def _body(self, made: Decision) -> dict[str, object]:
        tables = {name: self._lake.state(name) for name in ("products", "neighbours", "match_model")}
        return decided_body(
            made.pair,
            made.verdict,
            by=made.by,
            why=made.why,
            via=made.via,
            seen=made.seen,
            versions={name: state.version for name, state in tables.items() if state},
            replaces=made.replaces,
            seconds=made.seconds,
        )

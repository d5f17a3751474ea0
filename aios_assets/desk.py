"""Desk: where people's decisions about pairs of records are taken, and where they are refused.

A decision is bound to the version of both records that was seen. It is refused where that has changed since, where the
person may not decide or would approve their own doing, where another decision stands, and where it would contradict others.
A decision that is told again is recognised, not repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import polars as pl

from aios_assets.enrich.matching.contradict import Decided, Pair, Record
from aios_assets.enrich.redact import Tokens, tokenise
from aios_assets.errors import Refused, SettingsError
from aios_assets.lake import Lake
from aios_assets.reviews import (
    COMMAND,
    FIELDS,
    REVIEW,
    Decision,
    Reviewed,
    Verdict,
    decided_body,
    entry_of,
    once_after,
    review_id,
    seen_of,
)
from audit.ledger import AlreadyLogged

TRIES: Final = 5
"""Times that a decision is judged anew because another came first."""

Values = Mapping[str, str | None]
"""What a record says, by field (FIELDS)."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to decide. `seen`: the version that was looked at (None: whatever stands now).

    `over` names the ledger entry that is meant to be overruled. `frees`: it is what takes decisions back, so it needs not.
    """

    pair: Pair
    verdict: Verdict
    by: str
    why: str
    via: str = COMMAND
    seen: str | None = None
    over: int | None = None
    frees: bool = False
    seconds: float | None = None


@dataclass(frozen=True)
class Made:
    """A decision that stands now; `already`: it stood before. `replaced` is what it overruled."""

    decision: Decision
    already: bool = False
    replaced: Decision | None = None


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
            sitting = _Sitting(self, reviewed, self.values(record for one in asked for record in one.pair))
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

    def values(self, records: Iterable[Record], version: int | None = None) -> Mapping[Record, Values]:
        """What these records say, at a version of `products` (None: as published); a record that is not there is left out."""
        wanted = pl.DataFrame(sorted(set(records)), schema={"supplier": pl.String, "sku": pl.String}, orient="row")
        if self._lake.state("products") is None or wanted.is_empty():
            return {}
        fields = [pl.col(field).cast(pl.String) for field in FIELDS]
        rows = self._lake.scan("products", version).select("supplier", "sku", *fields)
        found = rows.join(wanted.lazy(), on=["supplier", "sku"], how="semi").collect()
        return {(row.pop("supplier"), row.pop("sku")): row for row in found.iter_rows(named=True)}

    def pair_of(self, name: str) -> Pair:
        """The pair that a review's ID, of whatever version, is about. Raises SettingsError for an ID that is none."""
        stem = name.partition("-")[0]
        for version in self._versions():
            rows = self._rows(version).filter(pl.col("id").str.starts_with(stem + "-")).collect()
            if rows.height:
                row = rows.row(0, named=True)
                return (row["left_supplier"], row["left_sku"]), (row["right_supplier"], row["right_sku"])
        raise SettingsError(
            f"review {name}", "no pair is called so", "copy the ID as `aios review list` tells it, in full"
        )

    def changes(self, pair: Pair, seen: str) -> list[str]:
        """What both records say otherwise than in the version that was seen, in words."""
        now = self.values(pair)
        before = self._as_seen(pair, seen)
        if not before:
            return ["that version is not kept any more"]
        return [
            f"{'/'.join(record)} {field}: was {_quoted(before[record].get(field))}, "
            f"is {_quoted(now[record][field]) if record in now else 'gone'}"
            for record in pair
            for field in FIELDS
            if before.get(record, {}).get(field) != (now[record][field] if record in now else None)
        ]

    def _as_seen(self, pair: Pair, seen: str) -> Mapping[Record, Values]:
        """The records as they were when the pair was called so."""
        name, state = review_id(pair, seen), self._lake.state("reviews")
        for version in self._versions():
            if state and self._rows(version).filter(pl.col("id") == name).head(1).collect().height:
                told = self._lake.tables.decision(state.history[version].permit)
                inputs = told[1].inputs if told else ()
                read = next((one.version for one in inputs if one.name == "products"), None)
                return self.values(pair, read) if read is not None else {}
        return {}

    def _versions(self) -> list[int]:
        """The versions of `reviews` that can be read, the latest first."""
        state = self._lake.state("reviews")
        return sorted((v for v, told in state.history.items() if not told.lost), reverse=True) if state else []

    def _rows(self, version: int) -> pl.LazyFrame:
        return self._lake.scan("reviews", version)

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


class _Sitting:
    """One look at the ledger and the records, and the decisions that are judged by it, one after the other."""

    def __init__(self, desk: Desk, reviewed: Reviewed, values: Mapping[Record, Values]) -> None:
        self._desk, self._values, self._history = desk, values, reviewed.decisions
        self._standing = dict(reviewed.standing)
        self._decided = Decided()
        for decision in self._standing.values():
            self._decided.take(decision.pair, same=decision.verdict.same)
        self._here: set[Pair] = set()

    def free(self, pairs: Iterable[Pair]) -> None:
        """Leaves out of sight what is to be taken back together: a product is parted as a whole."""
        for pair in pairs:
            self._decided.take(pair, same=None)

    def outcome(self, asked: Asked) -> Made | Refused | SettingsError:
        """What becomes of it."""
        try:
            made = self._judged(asked)
        except (Refused, SettingsError) as no:
            return no
        if not made.already:
            self._standing[asked.pair] = made.decision
            self._decided.take(asked.pair, same=asked.verdict.same)
        self._here.add(asked.pair)
        return made

    def _judged(self, asked: Asked) -> Made:
        """1 signed · 2 both there · 3 as it was seen · 4 not told before · 5 not one's own · 6 none stands · 7 consistent."""
        by, why = self._desk.signed(asked.by, asked.why)  # 1
        asked = replace(asked, by=by, why=why)
        name = " and ".join("/".join(record) for record in asked.pair)
        now = self._version(asked.pair)  # 2
        if asked.pair in self._here:
            raise Refused(name, "this batch decides on them twice", "keep the line that holds")
        if asked.seen is not None and asked.seen != now:  # 3
            changed = "; ".join(self._desk.changes(asked.pair, asked.seen)) or "the two read otherwise"
            raise Refused(
                f"review {review_id(asked.pair, asked.seen)}",
                f"the pair has changed since: {changed}",
                f"look again: aios review show {review_id(asked.pair, now)}",
            )
        standing = self._standing.get(asked.pair)
        if standing is not None and (told := self._told_before(asked, standing, now)) is not None:  # 4
            return told
        if standing is None and asked.frees and asked.verdict is Verdict.UNSURE:
            raise Refused(name, "nobody has decided anything about them", "there is nothing to take back")
        self._not_own(asked, name)  # 5
        if standing is not None and not self._may_replace(asked, standing, now):  # 6
            raise Refused(name, standing.words, f"to overrule it, add --over {standing.index}")
        if asked.verdict.same is not None:  # 7
            self._consistent(asked, name, same=asked.verdict.same)
        replaces = None if standing is None else standing.index
        made = Decision(-1, self._desk.now, asked.pair, asked.verdict, by, why, asked.via, now, replaces, asked.seconds)
        return Made(made, replaced=standing)

    def _version(self, pair: Pair) -> str:
        if pair[0] == pair[1]:
            raise SettingsError("/".join(pair[0]), "it was named twice", "name two records")
        for record in pair:
            if record not in self._values:
                raise SettingsError(
                    "/".join(record), "no published record is called so", "name SUPPLIER/SKU as they stand in the feed"
                )
        return seen_of(*(self._values[record].values() for record in pair))

    def _told_before(self, asked: Asked, standing: Decision, now: str) -> Made | None:
        """The decision that this one repeats. Raises Refused where that was overruled since."""
        if asked.via == COMMAND and standing.verdict is asked.verdict:
            return Made(standing, already=True)
        mine = [
            one
            for one in self._history
            if (one.pair, one.verdict, one.by, one.via, one.seen)
            == (asked.pair, asked.verdict, asked.by, asked.via, now)
        ]
        if not mine or asked.over == standing.index:
            return None
        if mine[-1].index == standing.index:
            return Made(standing, already=True)
        if asked.via == COMMAND:
            return None
        raise Refused(
            " and ".join("/".join(record) for record in asked.pair),
            f"this decision is ledger entry {mine[-1].index}, and was overruled: {standing.words}",
            f"to overrule that in turn, add --over {standing.index}",
        )

    def _not_own(self, asked: Asked, name: str) -> None:
        """Raises Refused where a person would review what they did themselves."""
        done = [one for one in self._history if one.pair == asked.pair and one.via == COMMAND]
        if asked.via == REVIEW and done and done[-1].by == asked.by:
            raise Refused(
                name,
                f"{asked.by} asked for this (ledger entry {done[-1].index}), and a review is somebody else's look",
                "have another person decide, or take it back: aios matches withdraw",
            )

    def _may_replace(self, asked: Asked, standing: Decision, now: str) -> bool:
        if asked.frees or asked.over == standing.index:
            return True
        if asked.via != REVIEW:
            return standing.verdict is Verdict.UNSURE
        confirms = standing.via == COMMAND and standing.verdict is asked.verdict
        return confirms or standing.seen != now

    def _consistent(self, asked: Asked, name: str, *, same: bool) -> None:
        """Raises Refused where the decision contradicts others, and tells which."""
        against = self._decided.against(asked.pair, same=same)
        if against:
            told = "; ".join(
                f"{' and '.join('/'.join(record) for record in pair)}: {self._standing[pair].words}" for pair in against
            )
            raise Refused(
                name,
                f"`{asked.verdict}` contradicts what stands: {told}",
                "decide which of these is wrong, and take it back first: aios matches withdraw A B",
            )


def _quoted(value: str | None) -> str:
    return "empty" if value is None else f"“{value if len(value) <= 80 else value[:79] + '…'}”"

"""Sitting: one look at the ledger and the records, and the decisions that are judged by it, one after the other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aios_assets.beside import Beside, Values
from aios_assets.enrich.matching.contradict import Decided, Pair, Record
from aios_assets.errors import Refused, SettingsError
from aios_assets.reviews import COMMAND, REVIEW, Decision, Reviewed, Verdict, review_id, seen_of


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


class Sitting:
    """What is in sight of the decisions that are told together. `signed` says how name and reason may be kept, or raises."""

    def __init__(
        self,
        beside: Beside,
        signed: Callable[[str, str], tuple[str, str]],
        now: datetime,
        reviewed: Reviewed,
        records: Iterable[Record],
    ) -> None:
        self._beside, self._signed, self._now = beside, signed, now
        self._values: Mapping[Record, Values] = beside.values(records)
        self._history = reviewed.decisions
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
        by, why = self._signed(asked.by, asked.why)  # 1
        asked = replace(asked, by=by, why=why)
        name = " and ".join("/".join(record) for record in asked.pair)
        now = self._version(asked.pair)  # 2
        if asked.pair in self._here:
            raise Refused(name, "this batch decides on them twice", "keep the line that holds")
        if asked.seen is not None and asked.seen != now:  # 3
            changed = "; ".join(self._beside.changes(asked.pair, asked.seen)) or "the two read otherwise"
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
        made = Decision(-1, self._now, asked.pair, asked.verdict, by, why, asked.via, now, replaces, asked.seconds)
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

"""Parts: an attempt over a delivery too large to be held, made for a few parts of the keys at a time.

A part is one bucket of the table: what stands in it, what comes, which draft file follows and what is measured depend on
no other part. So memory is bounded by a few parts, and what the gate judges is the sum of what was measured of each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from threading import Event

import polars as pl

from aios_assets.attempting import Attempting
from aios_assets.draft import Following, bucket_anew, bucket_in, following, name_files, reshaped, write_files
from aios_assets.errors import StageError
from aios_assets.lake import Lake
from aios_assets.profile import profile
from aios_assets.record import Written
from aios_assets.spill import PART, Spilled, most_held, part_of, weight_of
from aios_assets.split import ID, aside_key, decided_by_rows
from aios_assets.stage import Stage
from aios_assets.threads import AT_ONCE, in_turn
from aios_assets.work import Counts, Feed, Standing, Work
from audit.table import TableState
from policies.candidate import Candidate, ColumnFacts, ExpectationFacts
from policies.contract import FINGERPRINT
from policies.permit import DraftFile, digest_of
from policies.quality.suite import run_suite

PARTS = 2
"""Parts in work at a time at most: what each does by itself uses more threads, and each takes memory."""


def separable(stage: Stage, spilled: Spilled, state: TableState | None) -> bool:
    """Whether each part can be made and judged by itself: no promise is of the whole table, and a part lies in one file."""
    return decided_by_rows(stage.contract) and (state is None or all(spilled.parts % n == 0 for n in cuts_of(state)))


def cuts_of(state: TableState | None) -> set[int]:
    """Into how many files the table is cut: one number, or none where there are no files."""
    return {bucket_in(path)[1] for path in state.files} if state else set()


def parts(
    stage: Stage, feed: Feed, standing: Standing, *, spilled: Spilled, lake: Lake, state: TableState | None
) -> Iterator[tuple[Feed, Standing]]:
    """What comes and what stands of each part, in order; rejects without a whole key are in the first."""
    keys = [aside_key(key) for key in stage.contract.keys]
    aside = standing.quarantine.collect().with_columns(part_of(keys, spilled.parts))
    members: dict[int, list[DraftFile]] = {}
    for path, file in (state.files if state else {}).items():
        members.setdefault(bucket_in(path)[0], []).append(file)
    cut = next(iter(cuts_of(state)), spilled.parts)
    nothing, schema = feed.rejects.clear(), stage.contract.schema
    for number in range(spilled.parts):
        stands = reshaped(lake.scan_files(stage.name, members.get(number % cut, []), schema), schema)
        if cut != spilled.parts:
            stands = stands.filter(part_of(stage.contract.keys, spilled.parts) == number)
        own = aside.filter(pl.col(PART) == number).drop(PART).lazy()
        comes = replace(feed, rows=spilled.part(number), rejects=nothing if number else feed.rejects, spilled=None)
        yield comes, replace(standing, table=stands, quarantine=own)


@dataclass(frozen=True)
class Part:
    """What one part came to: what was done, what goes to the quarantine, what was measured, and its files.

    Its rows are in the files: a part that waits to be summed holds none.
    """

    counts: Counts
    measured: int
    unprinted: int
    aside: pl.DataFrame
    mended: pl.DataFrame
    height: int
    removes: tuple[str, ...]
    facts: tuple[ColumnFacts, ...]
    expectations: tuple[ExpectationFacts, ...]
    files: tuple[DraftFile, ...]


@dataclass
class Total:
    """What the parts made so far come to."""

    stage: Stage
    state: TableState | None
    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0))
    measured: int = 0
    height: int = 0
    unprinted: int = 0
    facts: tuple[ColumnFacts, ...] = ()
    expectations: tuple[ExpectationFacts, ...] = ()
    aside: list[pl.DataFrame] = field(default_factory=list)
    aside_text: int = 0
    mended: list[pl.DataFrame] = field(default_factory=list)
    files: list[DraftFile] = field(default_factory=list)
    removes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.height = self.state.rows if self.state else 0

    def add(self, part: Part) -> None:
        """Adds a part; behind one in which something is exposed none counts any more, whatever was begun beside it."""
        self.files += part.files
        if self.exposed:
            return
        self.counts = Counts(*(one + other for one, other in zip(_told(self.counts), _told(part.counts), strict=True)))
        self.measured += part.measured
        # Each part tells the height that the whole table would have if nothing else changed.
        self.height += part.height - (self.state.rows if self.state else 0)
        self.unprinted += part.unprinted
        self.facts = tuple(map(_summed, self.facts, part.facts)) if self.facts else part.facts
        both = self.expectations and part.expectations
        worse = tuple(map(_worse, self.expectations, part.expectations)) if both else part.expectations
        self.expectations = worse or self.expectations
        self.aside.append(part.aside)
        self.aside_text += weight_of(part.aside)
        self.mended.append(part.mended)
        self.removes += part.removes

    @property
    def exposed(self) -> bool:
        """Whether anything personal or secret was found in a column."""
        return _exposed(self.facts)

    def drop(self, folder: Path) -> None:
        """Takes the draft files away that were written so far."""
        for file in self.files:
            (folder / file.path).unlink()
        self.files.clear()

    def quarantine(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(rows that the quarantine lacks, ids that leave it); held whole, since a gate admits only so many rows set aside."""
        return pl.concat(self.aside).unique(ID, keep="first", maintain_order=True), pl.concat(self.mended)

    @property
    def changes(self) -> bool:
        """Whether anything would change in the table's rows, or in the quarantine."""
        told = (self.counts.upserted, self.counts.removed, *(one.height for one in (*self.aside, *self.mended)))
        return any(told)

    def work(self) -> "Summed":
        """All of it as work whose rows are in the draft files already."""
        nothing = pl.DataFrame(schema=self.stage.contract.schema)
        return Summed(nothing, nothing, *self.quarantine(), self.counts.computed, total=self)

    def following(self, buckets: int) -> Following:
        """The table that would follow; its rows are in the draft files already."""
        contract, removes = self.stage.contract, tuple(sorted(self.removes))
        overwrite = self.state is None or self.state.contract != contract.digest
        return Following(self.stage.name, contract, {}, removes, self.height, buckets, overwrite=overwrite)


@dataclass(frozen=True, kw_only=True)
class Summed(Work):
    """The work of all parts; `upserts` and `removed` have their columns only."""

    total: Total

    @property
    def counts(self) -> Counts:
        """What was done, in numbers."""
        return self.total.counts

    @property
    def nothing(self) -> bool:
        """True if nothing would change."""
        return not self.total.changes


class Parted(Attempting):
    """An attempt over a delivery too large to be held; one whose parts depend on each other is made whole after all."""

    def _work(self) -> Work:
        """Works on a few parts at a time, and drafts and measures each; they are summed in their order.

        A part in which something personal or secret would stand in the clear ends it, and no draft stays.
        """
        feed, lake, stage = self.feed, self.runtime.lake, self.stage
        spilled = feed.spilled if feed else None
        if feed is None or spilled is None or not separable(stage, spilled, self.state):
            return super()._work()
        total, resources = Total(stage, self.state), self.runtime.resources(stage, self.models)
        reshape = self.state is not None and self.state.contract != self.contract.digest
        anew = reshape or any(cut != spilled.parts for cut in cuts_of(self.state))
        most, scratch = most_held(self.runtime.settings.feeds.held_bytes), self.runtime.scratch
        ended = Event()

        def made(part: tuple[int, tuple[Feed, Standing]]) -> Part:
            number, (comes, stands) = part
            work = self._row_work(comes.rows, stands, resources, comes)
            table = self._bucket(number, spilled.parts, work, stands, anew=anew)
            suite = run_suite(table.rows, self.contract.suite) if table.parts or not number else ()
            fresh = work.upserts
            if reshape or self.standing.rejudge:  # under another contract or other rules nothing counts as measured
                fresh = table.rows if table.parts else stands.table.collect()
            facts = profile(fresh, self.contract)
            if _exposed(facts):
                ended.set()
            files = () if ended.is_set() else write_files(lake, table, attempt=self.id)
            unprinted = fresh.get_column(FINGERPRINT).null_count()
            made_of = (work.counts, fresh.height, unprinted, work.aside, work.mended)
            return Part(*made_of, table.height, table.removes, facts, suite, files)

        coming = takewhile(
            lambda _: not ended.is_set(),
            enumerate(parts(stage, feed, self.standing, spilled=spilled, lake=lake, state=self.state)),
        )
        for done, part in enumerate(in_turn(coming, made, at_once=min(AT_ONCE, PARTS))):
            total.add(part)
            scratch.progress(f"{stage.name}, part by part", done / spilled.parts)
            if total.aside_text > most:
                ended.set()
        if total.exposed or total.aside_text > most or (anew and not reshape and not total.changes):
            total.drop(lake.folder(stage.name))
        elif anew and self.state is not None:
            total.removes[:] = self.state.files
        if total.aside_text > most and not total.exposed:
            raise StageError(
                f"stage {stage.name}",
                f"more rows are set aside than are held: {sum(one.height for one in total.aside):,} of those looked at",
                "see what is wrong with `aios feed inspect`, or raise held_bytes under [feeds] in aios.toml",
            )
        name_files(lake, stage.name, total.files)
        return total.work()

    def _bucket(self, number: int, buckets: int, work: Work, stands: Standing, *, anew: bool) -> Following:
        """The table that would follow one part, of which that bucket's rows are looked at."""
        lake, name, id_ = self.runtime.lake, self.stage.name, self.id
        if not anew or self.state is None:
            return following(lake, name, self.contract, work.upserts, work.removed, buckets=buckets, attempt=id_)
        stood, of = stands.table.collect(), {"number": number, "buckets": buckets, "height": self.state.rows}
        return bucket_anew(self.contract, stood, work.upserts, work.removed, table=name, attempt=id_, **of)

    def _drafted(self, work: Work) -> tuple[Following, Following, tuple[Written, ...], Candidate]:
        if not isinstance(work, Summed) or self.feed is None or self.feed.spilled is None:
            return super()._drafted(work)
        total, stage = work.total, self.stage
        table = total.following(self.feed.spilled.parts)
        aside = self._following(
            stage.quarantine, self.aside_contract, self.aside_state, work.aside, work.mended, stands=None
        )
        candidate = replace(self._candidate(work.upserts, total.facts, table, aside), expectations=total.expectations)
        candidate = replace(candidate, measured=total.measured, fingerprints=total.measured - total.unprinted)
        written: tuple[Written, ...] = ()
        if not total.exposed:
            changes = (self._write(table, tuple(total.files)),) if table.changes or total.files else ()
            written = (*self._written(aside), *changes)
        elif self.runtime.gate.judge(candidate).admitted:
            raise StageError(
                f"stage {stage.name}",
                "something personal or secret stands in a part of a delivery that is too large to be held",
                "send it in smaller deliveries, or raise held_bytes under [feeds] in aios.toml",
            )
        return table, aside, written, replace(candidate, draft=digest_of(one.write for one in written))


def _exposed(facts: Sequence[ColumnFacts]) -> bool:
    return any(column.personal or column.secrets for column in facts)


def _told(counts: Counts) -> tuple[int, int, int]:
    return counts.computed, counts.upserted, counts.removed


def _summed(one: ColumnFacts, other: ColumnFacts) -> ColumnFacts:
    confidences = [c for c in (one.lowest_confidence, other.lowest_confidence) if c is not None]
    return replace(
        one,
        nulls=one.nulls + other.nulls,
        personal=one.personal + other.personal,
        secrets=one.secrets + other.secrets,
        unsigned=None if one.unsigned is None or other.unsigned is None else one.unsigned + other.unsigned,
        lowest_confidence=min(confidences, default=None),
    )


def _worse(one: ExpectationFacts, other: ExpectationFacts) -> ExpectationFacts:
    """The one that a judge would mind more: not evaluated, then broken, then kept."""
    rank: Mapping[bool | None, int] = {None: 0, False: 1, True: 2}
    return min(one, other, key=lambda each: rank[each.success])

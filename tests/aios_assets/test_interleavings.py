"""Whatever happens in whatever order, readers show exactly what was committed by permit, and the audit agrees."""

import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule
from lock_fixtures import AT, House

from aios_assets.errors import ForeignVersion, LakeError, NotPermitted, Overtaken
from aios_assets.lock import Lock
from aios_assets.maintenance import maintain_lake
from aios_assets.reconcile import reconcile
from aios_assets.tablelog import TableLog
from audit.clock import HeldClock
from policies.permit import Permit

pytestmark = pytest.mark.slow

IDS = st.sampled_from("abcd")
ROWS = st.dictionaries(IDS, st.integers(0, 99), min_size=1, max_size=3)
DEATHS = st.sampled_from(["before anything", "before the log", "before the record", "torn log"])


class Died(BaseException):
    """The end of a process."""


class Lives(RuleBasedStateMachine):
    """One table under permits that are given, used, replayed, spoiled and left lying, and a writer past the gate."""

    permits: Bundle[tuple[Permit, dict[str, int]]] = Bundle("permits")

    @initialize()
    def begin(self) -> None:
        self.folder, self.clock = Path(tempfile.mkdtemp()), HeldClock(AT)
        self.house = House.opened(self.folder, self.clock)
        self.published: list[dict[str, int]] = []
        self.wanted: dict[str, dict[str, int]] = {}
        self.used: set[str] = set()
        self.spoiled: set[str] = set()
        self.foreign = False

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.house.ledger.close()
            shutil.rmtree(self.folder)

    @rule(target=permits, rows=ROWS)
    def decide(self, rows: dict[str, int]) -> tuple[Permit, dict[str, int]]:
        after = (self.published[-1] if self.published else {}) | rows
        permit = self.house.judged("things", rows)
        self.wanted[permit.id] = after
        return permit, after

    @rule(given=permits)
    def commit(self, given: tuple[Permit, dict[str, int]]) -> None:
        permit, after = given
        try:
            (landed,) = self.house.lake.commit(permit)
        except Overtaken:
            assert permit.writes[0].parent != len(self.published) - 1
        except ForeignVersion:
            assert self.foreign
        except NotPermitted:
            assert permit.id in self.spoiled or permit.id not in self.waiting()
        else:
            assert landed.already == (permit.id in self.used)
            if not landed.already:
                self.publish(permit, after)

    @rule(given=permits, death=DEATHS)
    def die_in_commit(self, given: tuple[Permit, dict[str, int]], death: str) -> None:
        self.die(given[0], death)

    @rule(target=permits, rows=ROWS, death=DEATHS)
    def decide_and_die(self, rows: dict[str, int], death: str) -> tuple[Permit, dict[str, int]]:
        given = self.decide(rows)
        self.die(given[0], death)
        return given

    def die(self, permit: Permit, death: str) -> None:
        waiting = permit.id in self.waiting()
        where = {"before anything": "_carry_out", "before the log": "_commit"}.get(death, "_record")
        with patch.object(Lock, where, side_effect=Died):
            try:
                self.house.lake.commit(permit)
            except LakeError:
                pass
            except Died:
                log = self.house.lake.folder("things") / "_delta_log" / f"{permit.writes[0].parent + 1:020d}.json"
                if death == "torn log" and waiting and self.has_landed(permit):
                    log.write_bytes(b"")
        self.house = House.opened(self.folder, self.clock)

    @rule()
    def reconcile_all(self) -> None:
        reconcile(self.house.lake)
        self.follow()
        assert self.foreign or not self.waiting()

    @rule(given=permits)
    def abandon(self, given: tuple[Permit, dict[str, int]]) -> None:
        self.house.lake.abandon(given[0], "no longer wanted")
        self.follow()
        assert given[0].id not in self.waiting()

    @rule(given=consumes(permits))
    def spoil(self, given: tuple[Permit, dict[str, int]]) -> None:
        permit, _ = given
        if permit.id in self.used or permit.id not in self.waiting() or self.has_landed(permit):
            return
        for file in permit.writes[0].adds:
            (self.house.lake.folder("things") / file.path).write_bytes(b"other bytes")
        self.spoiled.add(permit.id)

    @precondition(lambda self: self.published and not self.foreign)
    @rule(rows=ROWS, mode=st.sampled_from(["append", "overwrite"]))
    def write_past_the_gate(self, rows: dict[str, int], mode: str) -> None:
        reconcile(self.house.lake)  # what landed is told, so that the model knows what is foreign
        self.follow()
        self.house.write_past_the_gate("things", rows, "append")
        self.foreign = True

    @rule()
    def maintain(self) -> None:
        maintain_lake(self.house.lake)
        self.follow()

    @invariant()
    def readers_show_what_was_committed_and_nothing_else(self) -> None:
        if not hasattr(self, "house"):
            return
        self.follow()
        assert (self.house.lake.state("things") is not None) == bool(self.published)
        for version, rows in enumerate(self.published):
            assert self.house.rows("things", version) == rows

    @invariant()
    def the_audit_finds_what_is_foreign_and_what_waits_and_nothing_else(self) -> None:
        if not hasattr(self, "house"):
            return
        kinds = {problem.kind for problem in self.house.verified().problems}
        allowed = {"in doubt"} if self.waiting() else set()
        allowed |= {"foreign"} if self.foreign else set()
        allowed |= {"version"} if self.waiting() else set()  # a torn entry, until somebody comes by
        assert kinds <= allowed
        assert not self.foreign or "foreign" in kinds

    def waiting(self) -> set[str]:
        return {doubt.permit for doubt in self.house.lake.tables.in_doubt}

    def has_landed(self, permit: Permit) -> bool:
        return TableLog(self.house.lake.folder("things")).holds(permit.id, permit.writes[0])

    def publish(self, permit: Permit, after: dict[str, int]) -> None:
        if permit.writes[0].parent == len(self.published) - 1:
            self.published.append(after)
            self.used.add(permit.id)

    def follow(self) -> None:
        """Takes up what was finished on somebody's behalf: it must be a permit that waited, on top of its parent."""
        state = self.house.lake.state("things")
        for version, told in sorted(state.history.items()) if state else ():
            if version >= len(self.published):
                assert told.permit in self.wanted
                assert told.permit not in self.spoiled
                assert told.planned.write.parent == len(self.published) - 1
                self.published.append(self.wanted[told.permit])
                self.used.add(told.permit)


TestLives = pytest.mark.timeout(900)(Lives.TestCase)
TestLives.settings = settings(
    max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

"""Repair: one call puts the last committed version back on top of what was written past the gate."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from tiny_stage import TINY, deliver, settings, shown

from aios_assets.errors import ForeignVersion, LakeError
from aios_assets.lock import Lock
from aios_assets.reconcile import reconcile
from aios_assets.repair import repair
from aios_assets.runtime import Runtime
from audit.checkpoint import Signer
from audit.ledger import Kind
from audit.sqlite_reader import SqliteReader
from audit.verify import verify

FIRST = {"a": 1, "b": 2, "c": 3, "d": 4, "bad": -1}
SECOND = FIRST | {"e": 5}


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    runtime = Runtime.open(settings(tmp_path))
    assert deliver(runtime, FIRST).version == 0
    return runtime


def foreign(runtime: Runtime, table: str = "tiny", mode: str = "append") -> None:
    frame = pl.DataFrame({"supplier": ["me"], "id": ["x"], "value": [666]})
    how = (
        {"mode": "overwrite", "schema_mode": "overwrite"}
        if mode == "overwrite"
        else {"mode": "append", "schema_mode": "merge"}
    )
    write_deltalake(str(runtime.lake.folder(table)), frame.to_arrow(), **how)  # type: ignore[call-overload]  # one of two


def problems(runtime: Runtime) -> list[str]:
    verifier = Signer.kept_in(runtime.settings.keys_folder).verifier
    with SqliteReader(runtime.settings.lake_folder / "_ledger" / "ledger.db") as ledger:
        return [str(one) for one in verify(ledger, runtime.lake.root, verifier).problems]


GOOD = {name: value for name, value in FIRST.items() if value >= 0}


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_one_call_publishes_the_last_committed_version_again(runtime: Runtime, mode: str) -> None:
    foreign(runtime, mode=mode)
    foreign(runtime, mode=mode)
    with pytest.raises(ForeignVersion, match="aios repair tiny"):
        deliver(runtime, SECOND)
    assert len(problems(runtime)) == 3  # two versions, and the decision that waits
    done = repair(runtime, "tiny")
    assert (done.foreign, done.version, done.refused) == ((1, 2), 3, ())
    assert shown(runtime) == GOOD
    assert problems(runtime) == []
    there = pl.read_delta(str(runtime.lake.folder("tiny")))
    assert dict(there.select("id", "value").iter_rows()) == GOOD
    assert deliver(runtime, SECOND, "next").version == 4
    assert shown(runtime) == GOOD | {"e": 5}
    assert problems(runtime) == []


def test_the_ledger_names_what_was_foreign_and_what_undid_it(runtime: Runtime) -> None:
    foreign(runtime)
    done = repair(runtime, "tiny")
    told = [logged.entry.body for logged in runtime.lake.ledger.read(kind=Kind.FOREIGN)]
    permit = runtime.lake.state("tiny").history[1 + done.foreign[0]].permit  # type: ignore[union-attr]
    assert [(body["version"], body["repaired_by"]) for body in told] == [(1, None), (1, permit)]
    decided = next(iter(runtime.lake.ledger.read(done.ledger_index or 0))).entry.body
    assert decided["verdict"]["findings"]
    assert decided["measures"]["repairs"] == "1"


def test_a_delivery_that_was_taken_in_before_is_still_known_after_it(runtime: Runtime) -> None:
    foreign(runtime)
    repair(runtime, "tiny")
    assert deliver(runtime, FIRST, "same").unchanged


def test_a_quarantine_is_repaired_too(runtime: Runtime) -> None:
    frame = pl.DataFrame({"id": ["x"]})
    write_deltalake(str(runtime.lake.folder("tiny_quarantine")), frame.to_arrow(), mode="append", schema_mode="merge")
    assert repair(runtime, "tiny_quarantine").version == 2
    assert runtime.lake.scan("tiny_quarantine").collect().height == 1
    assert problems(runtime) == []


def test_nothing_foreign_changes_nothing(runtime: Runtime) -> None:
    size = runtime.lake.ledger.prove().size
    assert repair(runtime, "tiny").version == 0
    assert runtime.lake.ledger.prove().size == size


def test_a_table_that_never_was_is_cleared(runtime: Runtime) -> None:
    foreign(runtime, "fresh")
    assert len(problems(runtime)) == 1
    assert repair(runtime, "fresh").version is None
    assert problems(runtime) == []
    with pytest.raises(LakeError, match="no such table"):
        repair(runtime, "unheard-of")


def test_what_the_gate_refuses_is_not_published_again(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(runtime)
    strict = runtime.settings.model_copy(
        update={"policy": runtime.settings.policy.model_copy(update={"profile": "unheard-of"})}
    )
    gate = dataclasses.replace(runtime, settings=strict, gate=type(runtime.gate)(runtime.gate._engine, "unheard-of"))
    done = repair(gate, "tiny")
    assert done.refused
    assert done.version == 0
    assert shown(runtime) == GOOD
    assert repair(runtime, "tiny").version == 2
    assert problems(runtime) == []


def test_a_damaged_member_is_not_published_again(runtime: Runtime) -> None:
    foreign(runtime)
    file = next(iter(runtime.lake.state("tiny").files))  # type: ignore[union-attr]
    path = runtime.lake.folder("tiny") / file
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(LakeError, match="no longer has the bytes"):
        repair(runtime, "tiny")


def test_a_table_whose_contract_nobody_has_is_left_alone(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(runtime)
    monkeypatch.setattr(
        "tiny_stage.tiny",
        dataclasses.replace(__import__("tiny_stage").tiny, contract=dataclasses.replace(TINY, version=2)),
    )
    with pytest.raises(LakeError, match="no stage here has the contract"):
        repair(runtime, "tiny")


@pytest.mark.parametrize("dies_in", ["_commit", "_record"])
def test_a_repair_that_dies_is_finished_by_reconcile(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    foreign(runtime)

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lock, dies_in, died)
        with pytest.raises(KeyboardInterrupt):
            repair(runtime, "tiny")
    assert shown(runtime) == GOOD
    assert len(reconcile(runtime.lake).finished) == 1
    assert problems(runtime) == []
    assert shown(runtime) == GOOD
    assert repair(runtime, "tiny").version == 2


def test_a_torn_foreign_entry_is_no_version(runtime: Runtime) -> None:
    log = runtime.lake.folder("tiny") / "_delta_log"
    (log / f"{1:020d}.json").write_bytes(b"\0" * 300)
    assert repair(runtime, "tiny").foreign == ()
    assert problems(runtime) == []
    assert deliver(runtime, SECOND).version == 1

"""The ledger's laws, which hold for every adapter."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import orjson
import pytest
from audit_lake import AT, SIGNER, entry
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import canonical
from audit.ledger import AlreadyLogged, Entry, Kind, LedgerError, entry_bytes, parsed
from audit.merkle import consistent, included, leaf_hash, root_of
from audit.sqlite import SqliteLedger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(tmp_path / "ledger.sqlite", SIGNER) as opened:
        yield opened


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
entries = st.builds(
    Entry,
    st.sampled_from(Kind),
    texts,
    st.dictionaries(texts, texts | st.integers(-9, 9) | st.none() | st.lists(texts, max_size=2), max_size=3),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])),
    texts,
    st.none() | st.sampled_from("abcdefghijkl"),
)


@settings(deadline=None, max_examples=35)
@given(st.lists(st.lists(entries, max_size=5), max_size=8))
def test_appending_keeps_every_law(calls: list[list[Entry]]) -> None:
    held: list[Entry] = []
    roots = [root_of([])]
    with TemporaryDirectory() as folder, SqliteLedger(Path(folder) / "ledger.sqlite", SIGNER) as ledger:
        for call in calls:
            keys = [one.once for one in call if one.once is not None]
            known = {one.once: index for index, one in enumerate(held) if one.once is not None}
            if len(set(keys)) < len(keys) or known.keys() & set(keys):
                with pytest.raises(AlreadyLogged) as caught:
                    ledger.append(*call)
                assert caught.value.once in keys
                assert caught.value.index == (known.get(caught.value.once) if len(set(keys)) == len(keys) else None)
            else:
                logged = ledger.append(*call)
                assert [one.index for one in logged] == list(range(len(held), len(held) + len(call)))
                held += call
            # all or nothing, in order, nothing before has changed
            found = list(ledger.read())
            assert [one.entry for one in found] == held
            leaves = [one.leaf for one in found]
            assert leaves == [leaf_hash(entry_bytes(index, one)) for index, one in enumerate(held)]
            roots += [root_of(leaves[:size]) for size in range(len(roots), len(held) + 1)]
            since = len(held) // 2
            proof = ledger.prove(*range(len(held)), since=since)
            told = SIGNER.verifier.checkpoint(proof.note)
            assert (told.size, told.root) == (proof.size, proof.root) == (len(held), roots[-1])
            assert all(
                included(leaves[index], index, told.size, path, told.root) for index, path in proof.inclusion.items()
            )
            assert consistent(since, told.size, roots[since], told.root, proof.consistency)


@settings(deadline=None, max_examples=200)
@given(entries, st.integers(0, 2**53 - 1))
def test_bytes_are_canonical_and_read_back_the_same(one: Entry, index: int) -> None:
    data = entry_bytes(index, one)
    assert data == canonical(orjson.loads(data))
    assert parsed(data) == (index, one)


def test_the_bytes_of_an_entry_are_pinned() -> None:
    one = Entry(Kind.COMMITTED, "products", {"version": 3, "a": "\u20ac"}, AT, "t", "closed:1:products")
    assert entry_bytes(7, one).decode() == (
        '{"at":"2026-11-23T12:00:00.000000Z","body":{"a":"\u20ac","version":3},"index":7,"kind":"committed",'
        '"once":"closed:1:products","subject":"products","trace_id":"t","v":1}'
    )


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Entry(Kind.RUN, "s", {}, datetime(2026, 1, 1)), "no zone"),  # noqa: DTZ001
        (Entry(cast("Kind", "run"), "s", {}, AT), "no kind"),
        (Entry(Kind.RUN, "s", {"share": 0.5}, AT), "float"),
        (Entry(Kind.RUN, "s", {"n": 2**53}, AT), "54 bits"),
        (Entry(Kind.RUN, "\ud800", {}, AT), "surrogate"),
        (Entry(Kind.RUN, "s", {}, AT, once="\ud800"), "surrogate"),
    ],
)
def test_what_an_entry_cannot_hold_is_refused_and_nothing_is_appended(
    ledger: SqliteLedger, one: Entry, why: str
) -> None:
    with pytest.raises(LedgerError, match=why):
        ledger.append(entry(), one)
    assert list(ledger.read()) == []


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"1", b'{"at":1}', b"\xff"])
def test_what_is_no_entry_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        parsed(data)


def test_an_entry_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(LedgerError, match="hearsay"):
        parsed(entry_bytes(0, entry()).replace(b'"kind":"run"', b'"kind":"hearsay"'))


def test_reading_selects(ledger: SqliteLedger) -> None:
    kinds = [Kind.DECIDED, Kind.COMMITTED, Kind.LINEAGE] * 700
    ledger.append(*(entry(kind, f"table{index % 2}", n=index) for index, kind in enumerate(kinds)))

    def numbers(**select: Any) -> list[int]:
        return [logged.index for logged in ledger.read(**select)]

    everything = range(2100)
    assert numbers() == list(everything)
    assert numbers(start=2095) == list(everything[2095:])
    assert numbers(start=5, stop=1500) == list(everything[5:1500])
    assert numbers(stop=99999) == list(everything)
    assert numbers(kind=Kind.DECIDED) == list(everything[::3])
    assert numbers(kind=(Kind.DECIDED, Kind.COMMITTED)) == [n for n in everything if n % 3 < 2]
    assert numbers(kind=()) == []
    assert numbers(subject="table1") == list(everything[1::2])
    assert numbers(kind=Kind.LINEAGE, subject="table0", start=2) == [n for n in everything if n % 6 == 2]
    assert numbers(subject="nobody") == []


def test_a_read_ends_where_the_ledger_ended_when_it_began(ledger: SqliteLedger) -> None:
    ledger.append(entry(), entry())
    reading = ledger.read()
    ledger.append(entry())
    assert len(list(reading)) == 2


@pytest.mark.parametrize(("indices", "since"), [((0,), 0), ((), 1), ((-1,), 0), ((), -1)])
def test_what_is_not_there_is_not_proved(ledger: SqliteLedger, indices: tuple[int, ...], since: int) -> None:
    with pytest.raises(LedgerError, match="cannot prove"):
        ledger.prove(*indices, since=since)


def test_appending_nothing_changes_nothing(ledger: SqliteLedger) -> None:
    before = ledger.prove()
    assert ledger.append() == ()
    assert ledger.prove() == before
    assert before.size == 0

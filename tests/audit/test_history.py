"""A table's log as the public format it is, also when it is torn."""

from pathlib import Path

import deltalake
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.history import History, LogFile, parse_commit, read_history, read_version

COMMIT = (
    b'{"commitInfo":{"operation":"WRITE","aios.permit":"abc"}}\n'
    b'{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}\n{"metaData":{"id":"x","schemaString":"{}"}}\n'
    b'{"add":{"path":"b=x%2520y/part.parquet","size":7,"stats":"{}"}}\n{"remove":{"path":"old%20one.parquet"}}\n'
    b'{"txn":{"appId":"def","version":1}}\n{"domainMetadata":{"domain":"d"}}'
)


def test_what_delta_rs_writes_is_read(tmp_path: Path) -> None:
    first = deltalake.CommitProperties(
        custom_metadata={"aios.permit": "abc"}, app_transactions=[deltalake.Transaction("def", 1)]
    )
    frame = pl.DataFrame({"a": [1, 2], "b": ["x y", "z"]})
    deltalake.write_deltalake(tmp_path, frame, partition_by=["b"], commit_properties=first)
    deltalake.write_deltalake(tmp_path, frame.head(1), mode="overwrite")
    table = deltalake.DeltaTable(tmp_path)
    table.create_checkpoint()
    (tmp_path / "_delta_log" / "_commit_1.json.tmp").write_text("{")
    history = read_history(tmp_path)
    old, new = history.versions[0], history.versions[1]
    assert (history.latest, history.missing, old.torn, new.torn) == (1, (), "", "")
    assert old.carries("abc")
    assert old.carries("def")
    assert not new.carries("abc")
    assert old.protocol is not None
    assert old.metadata is not None
    assert set(new.removes) == set(old.adds)
    assert {tmp_path / path for path in new.adds} == {Path(uri) for uri in table.file_uris()}
    assert all((tmp_path / path).stat().st_size == file.size for path, file in (old.adds | new.adds).items())


def test_a_commit_is_sorted_into_its_actions() -> None:
    told = parse_commit(3, COMMIT)
    assert told.torn == ""
    assert told.adds == {"b=x%20y/part.parquet": LogFile("b=x%20y/part.parquet", 7, "{}")}
    assert told.removes == ("old one.parquet",)
    assert told.txns == {"def": 1}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\0" * 300, "300 zero bytes"),
        (b"\n \n", "no action"),
        (b'{"somethingNew":{}}', "no action"),
        (COMMIT[:-9], "no Delta commit"),
        (COMMIT[:50], "no Delta commit"),
        (b"garbage", "no Delta commit"),
        (b"[1]", "no action"),
        (b"null", "no action"),
        (b'{"add":{"size":1}}', "path"),
        (b'{"add":null}', "no Delta commit"),
        (b'{"commitInfo":3}', "no Delta commit"),
        (b"\xff\xfe", "no Delta commit"),
        (b"[" * 5000, "no Delta commit"),
    ],
)
def test_a_torn_commit_is_named(data: bytes, why: str) -> None:
    told = parse_commit(3, data)
    assert why in told.torn
    assert (told.adds, told.removes, len(told.sha256)) == ({}, (), 64)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    parse_commit(0, data)
    parse_commit(0, COMMIT[: len(data)] + data)


def test_gaps_and_strange_names_are_told(tmp_path: Path) -> None:
    log = tmp_path / "_delta_log"
    log.mkdir()
    for version in (1, 3):
        (log / f"{version:020d}.json").write_bytes(COMMIT)
    (log / f"{4:020d}.checkpoint.parquet").write_bytes(b"")
    (log / f"{5:020d}.json.tmp").write_bytes(COMMIT)
    (log / f"{6:020d}.json").mkdir()
    history = read_history(tmp_path)
    assert sorted(history.versions) == [1, 3, 6]
    assert history.missing == (0, 2, 4, 5)
    assert "cannot be read" in history.versions[6].torn
    assert read_history(tmp_path, 2).missing == (2, 4, 5)
    assert read_version(tmp_path, 2) is None


def test_no_log_is_no_history(tmp_path: Path) -> None:
    assert read_history(tmp_path) == History({}, ())
    assert read_history(tmp_path).latest == -1

"""Commands that look: trace, sql, feed rejects, models; what they answer, and that they change nothing."""

import hashlib
from pathlib import Path

import pytest


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_trace_answers_the_keys_of_the_design(aios, lake: Path) -> None:
    before = contents(lake)
    told = aios("trace", "acme/A1", "--json").told
    assert set(told) == {"product", "records", "fields", "story"}
    assert set(told["fields"][0]) == {
        "field", "locale", "channel", "value", "table", "version", "stage", "model", "rule", "confidence", "evidence",
        "sources", "decision", "ledger_index", "reviewer", "cost", "trace_id",
        "supplier", "sku", "decided_by", "agree", "differ", "lost",
    }  # fmt: skip
    assert set(told["fields"][0]["sources"][0]) == {"file", "line", "sha256"}
    assert {"at", "what", "where"} <= set(told["story"][0])
    assert contents(lake) == before


def test_trace_for_people_fits_a_screen(aios, lake: Path) -> None:
    said = aios("trace", "acme/A/3", "--field", "price")
    assert said.code == 0
    assert "acme.csv:4" in said.out
    assert "price/decimal-point" in said.out


def test_conflicts_are_listed_worst_first(aios, lake: Path) -> None:
    told = aios("golden", "conflicts", "--json").told
    assert set(told) == {"conflicts", "rows"}
    assert [row["severity"] for row in told["rows"]] == sorted((row["severity"] for row in told["rows"]), reverse=True)
    assert "no record contradicts another" in aios("golden", "conflicts", "--field", "nothing").out
    assert aios("golden", "conflicts", "--limit", "0").code == 2


def test_trace_of_nothing_is_a_fault_with_advice(aios, lake: Path) -> None:
    said = aios("trace", "acme/none")
    assert said.code == 1
    assert "aios sql" in said.err


def test_sql_reads_committed_rows(aios, lake: Path) -> None:
    told = aios("sql", "SELECT supplier, count(*) AS n FROM records GROUP BY ALL ORDER BY ALL", "--json").told
    assert told["columns"] == ["supplier", "n"]
    assert told["rows"] == [["acme", 5], ["bestco", 4]]
    assert told["versions"] == {"records": 0}


def test_sql_knows_versions_and_tables(aios, lake: Path) -> None:
    assert aios("sql", "SELECT count(*) FROM records", "--at", "records=0", "--json").told["rows"] == [[9]]
    missing = aios("sql", "SELECT count(*) FROM records", "--at", "records=7")
    assert missing.code == 1
    assert "version 7 was never committed" in missing.err
    assert ["listings"] in aios("sql", "SHOW TABLES", "--json").told["rows"]
    assert aios("sql", "DESCRIBE records").code == 0
    for at, words in (("records", "NAME=VALUE"), ("records=x", "no version"), ("gone=1", "nothing of it is committed")):
        said = aios("sql", "SELECT 1", "--at", at)
        assert (said.code, words in said.err) == (2, True)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO records SELECT * FROM records",
        "CREATE TABLE x AS SELECT 1",
        "COPY records TO 'x.csv'",
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA version",
        "EXPORT DATABASE 'x'",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('aios.toml')",
        "SELECT * FROM read_parquet('lake/records/_files/*.parquet')",
        "SELECT * FROM 'feeds/acme.csv'",
        "SELECT content FROM read_text('../*')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_csv('https://example.com/x.csv')",
        "SELECT * FROM contents",
        "SELECT nothing FROM records",
        "",
    ],
)
def test_sql_can_do_nothing_but_read_tables(aios, lake: Path, query: str) -> None:
    before = contents(lake.parent)
    said = aios("sql", query, "--json")
    assert said.code == 2
    assert said.told["error"]["what"] == "the query"
    assert contents(lake.parent) == before


def test_sql_does_not_show_what_was_tampered_with(aios, own: Path) -> None:
    file = next((own / "records" / "_files").glob("*.parquet"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    said = aios("sql", "SELECT * FROM records")
    assert said.code == 1
    assert "no longer has the bytes that were decided on" in said.err


def test_rejects_are_listed_with_line_and_reason(aios, lake: Path) -> None:
    told = aios("feed", "rejects", "--json").told
    assert told["rejects"] == 2
    assert {(row["file"], row["line"]) for row in told["rows"]} == {("acme.csv", 6), ("bestco.csv", 6)}
    assert all(row["why"] and row["do"] for row in told["rows"])
    assert aios("feed", "rejects", "--supplier", "acme", "--json").told["rejects"] == 1


def test_a_card_is_found_by_name_and_digest(aios) -> None:
    models = aios("models", "list", "--json").told["models"]
    assert models
    one = models[0]
    for name in (one["task"], one["digest"][:12], f"{one['task']}/{one['name']}@{one['version']}"):
        assert aios("models", "card", name, "--json").told["digest"] == one["digest"]
    said = aios("models", "card", "nobody")
    assert (said.code, "no model is called so" in said.err) == (2, True)

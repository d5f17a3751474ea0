"""Commands that write: init, example, feed inspect --write, exports, the vault, checkpoints."""

from pathlib import Path

import pytest

from aios_assets.settings import load
from audit.ledger import Kind
from audit.sqlite_reader import SqliteReader


def reviews(lake: Path) -> list[dict[str, object]]:
    return [dict(one.entry.body) for one in SqliteReader(lake / "_ledger" / "ledger.db").read(kind=Kind.REVIEW)]


def test_init_writes_settings_once(aios, nowhere: Path) -> None:
    assert aios("init", "--json").told["written"] is True
    (nowhere / "aios.toml").write_text((nowhere / "aios.toml").read_text().replace("buckets = 16", "buckets = 4"))
    assert aios("init", "--json").told["written"] is False
    assert load(nowhere).lake.buckets == 4
    assert aios("init", "other", "--lake", "elsewhere").code == 0
    assert load(nowhere / "other").lake.path == "elsewhere"
    (nowhere / "file").touch()
    assert aios("init", "file").code == 2


def test_example_writes_feeds_and_their_truth(aios, nowhere: Path) -> None:
    told = aios("example", "ex", "--skus", "2000", "--json").told
    assert sum(told["records"].values()) == 2000
    assert all(Path(file).is_file() for file in told["feeds"])
    assert aios("example", "ex", "--skus", "1").code == 2


@pytest.mark.slow
def test_inspect_shows_a_file_and_writes_its_mapping(aios, nowhere: Path) -> None:
    (nowhere / "shop.csv").write_text("".join(f"S{n},Lamp number {n},{n}.99\n" for n in range(40)))
    (nowhere / "acme.csv").write_text(
        "sku;title;price\n" + "".join(f"S{n};Desk lamp number {n};{n},99\n" for n in range(40))
    )
    told = aios("feed", "inspect", "acme.csv", "--json").told
    assert (told["records"], told["format"]["separator"], told["decimal"]) == (40, ";", ",")
    assert {one["field"] for one in told["fields"]} >= {"sku", "title", "price"}
    shown = aios("feed", "inspect", "acme.csv").out
    assert "line ends LF, not compressed, separated by" in shown
    assert "next: aios run acme.csv" in shown
    assert "open questions" in aios("feed", "inspect", "shop.csv").out
    written = aios("feed", "inspect", "acme.csv", "--write", "--json").told["mapping"]
    assert Path(written) == nowhere / "mappings" / "acme.toml"
    again = aios("feed", "inspect", "acme.csv", "--write")
    assert (again.code, "there already" in again.err) == (2, True)
    for name in ("gone.csv", "mappings"):
        said = aios("feed", "inspect", name)
        assert (said.code, "To do:" in said.err) == (1, True)


def test_rejects_leave_only_with_a_name_and_a_reason(aios, own: Path) -> None:
    assert aios("feed", "rejects", "--export", "out.csv").code == 2
    assert not Path("out.csv").exists()
    told = aios("feed", "rejects", "--export", "out.csv", "--by", "ann", "--why", "ask the supplier", "--json").told
    assert told["exported"] == 1
    assert Path("out.csv").read_text() == "B5,broken,row,with,too,many,cells,9.99\n"
    assert Path("out.csv").stat().st_mode & 0o077 == 0
    assert reviews(own)[-1]["by"] == "ann"
    assert aios("feed", "rejects", "--export", "out.csv", "--by", "ann", "--why", "again").code == 2


def test_a_datum_is_revealed_and_forgotten_by_somebody_for_a_reason(aios, own: Path) -> None:
    text = aios("trace", "acme/A1", "--field", "description", "--json").told["fields"][0]["value"]
    token = text[text.index("[mail:") : text.index("]") + 1]
    assert aios("vault", "reveal", token).code == 2
    assert aios("vault", "reveal", token, "--by", "ann", "--why", " ").code == 2
    assert aios("vault", "reveal", "john", "--by", "ann", "--why", "asked").code == 2
    assert reviews(own) == []
    told = aios("vault", "reveal", token, "--by", "ann", "--why", "john.doe@example.com asked for it", "--json").told
    assert told["value"] == "john.doe@example.com"
    kept = reviews(own)[-1]
    assert (kept["what"], kept["token"], kept["by"]) == ("vault/reveal", token, "ann")
    assert kept["why"] == f"{token} asked for it"
    assert aios("vault", "forget", token, "--by", "ann", "--why", "erasure", "--json").told["already"] is False
    gone = aios("vault", "reveal", token, "--by", "ann", "--why", "once more")
    assert (gone.code, "its key was destroyed" in gone.err) == (1, True)
    assert aios("vault", "forget", token, "--by", "ann", "--why", "again", "--json").told["already"] is True
    assert aios("audit", "verify").code == 0


def test_nothing_in_doubt_is_said_to_be(aios, own: Path) -> None:
    told = aios("reconcile", "--json").told
    assert told == {"finished": [], "abandoned": [], "in_doubt": [], "ended_runs": []}


def test_a_clean_lake_verifies_also_with_the_key_alone(aios, own: Path) -> None:
    told = aios("audit", "verify", "--json").told
    assert set(told) == {"ok", "size", "root", "files", "versions", "problems"}
    assert (told["ok"], told["problems"]) == (True, [])
    kept = aios("audit", "checkpoint", "--out", "kept.note", "--json").told
    assert (kept["size"], kept["root"]) == (told["size"], told["root"])
    (own.with_name("lake.keys") / "aios-ledger.key").rename("away.key")
    assert aios("audit", "verify").code == 2
    said = aios("audit", "verify", "--key", kept["verify_key"], "--checkpoint", "kept.note")
    assert (said.code, said.out.startswith("VERIFIED")) == (0, True)


def test_a_changed_file_is_named(aios, own: Path) -> None:
    file = next((own / "products" / "_files").glob("*.parquet"))
    data = bytearray(file.read_bytes())
    data[10] ^= 1
    file.write_bytes(data)
    said = aios("audit", "verify", "--json")
    assert said.code == 3
    assert [problem["where"] for problem in said.told["problems"]] == [f"products/_files/{file.name}"]


def test_a_shorter_history_is_noticed_against_a_kept_checkpoint(aios, own: Path, lake: Path) -> None:
    index = aios("vault", "forget", "0" * 64, "--by", "ann", "--why", "try", "--lake", own, "--json").told[
        "ledger_index"
    ]
    assert index > 0
    note = own.parent / "longer.note"
    assert aios("audit", "checkpoint", "--out", note, "--lake", own).code == 0
    said = aios("audit", "verify", "--checkpoint", note, "--lake", lake)
    assert said.code == 3
    assert "the ledger is shorter" in said.out


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"no note"])
def test_a_checkpoint_that_is_none(aios, lake: Path, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "note"
    if content is not None:
        file.write_bytes(content)
    said = aios("audit", "verify", "--checkpoint", file)
    assert said.code == (3 if content == b"no note" else 2)


def test_a_repair_wants_a_table_that_there_is(aios, own: Path) -> None:
    said = aios("repair", "nonsense")
    assert (said.code, "no such table" in said.err) == (2, True)


def test_receipts_reopen_their_lines(aios, own: Path) -> None:
    told = aios("audit", "receipts", "--sample", "30", "--json").told
    assert (told["ok"], told["values"], told["different"], told["unread"]) == (True, 30, [], [])


def test_maintenance_leaves_a_young_lake_as_it_is(aios, own: Path) -> None:
    told = aios("maintain", "--json").told
    assert (told["files"], told["versions"]) == (0, [])
    assert aios("maintain", "--keep-versions", "0").code == 2
    assert aios("audit", "verify").code == 0


def test_what_was_written_past_the_gate_is_named_and_repaired(aios, own: Path) -> None:
    import polars as pl
    from deltalake import write_deltalake

    rows = pl.read_parquet(next((own / "products" / "_files").glob("*.parquet"))).head(1)
    write_deltalake(str(own / "products"), rows.to_arrow(compat_level=pl.CompatLevel.oldest()), mode="append")
    found = aios("audit", "verify", "--json")
    assert found.code == 3
    assert {problem["kind"] for problem in found.told["problems"]} == {"foreign"}
    assert aios("sql", "SELECT count(*) FROM products", "--json").told["rows"] == [[9]]
    told = aios("repair", "products", "--json").told
    assert (list(told["foreign"]), told["version"]) == ([1], 2)
    assert aios("audit", "verify").code == 0

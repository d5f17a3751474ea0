"""Nothing personal is stored in the clear: not in a table, a reject, a log, a ledger entry, an answer, or what a fault says."""

import gzip
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from core_fixtures import CHAIN, Shop, kettles

from aios_assets.enrich.personal import TOKEN
from aios_assets.errors import StageError
from aios_assets.intake import IntakeError
from aios_assets.stage import row_stage, table_stage
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from policies.contract import Column, Contract, RowRule

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("anna", "bert", "carl", "dora", "emil", "finn", "gina", "hans", "ines")
MAILS = tuple(f"{name}.quillfeather@examplemail.org" for name in NAMES)
IBAN, CARD, PHONE = "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "+49 30 901820734"
WIDE_AT = "\uff20"
CLEAR = [*(mail.encode() for mail in MAILS), b"quillfeather", IBAN.encode(), CARD.encode(), b"901820734"]


def hostile(mails: tuple[str, ...] = MAILS) -> str:
    """A delivery in which every place holds something personal."""
    anna, bert, carl, dora, emil, finn, gina, hans, ines = mails
    lines = ["sku,title,description,brand,price,remark"]
    lines += [f"{one['sku']},{one['title']},,Acme,{one['price']},none" for one in kettles(20)]
    lines += [
        f"B-1,Kettle by {anna},Call {PHONE} or pay to {IBAN},Acme,3.00,see {bert}",
        f"B-2,Kettle <b>{carl.replace('@', '&#64;')}</b>,<i>{dora.split('@')[0]}</i>@{dora.split('@')[1]},Acme,4.00,x",
        f'B-3,Kettle,"card {CARD}\n{emil}",{finn},5.00,y',
        f"{gina},Kettle with a person for a number,,Acme,5.00,z",
        f"B-1,Twin of B-1 by {hans},,Acme,5.00,z",
        f"B-5,,only {ines} stands here,Acme,5.00,z",
        f"B-6,too,many,cells,for {anna},this,line,{bert},{carl}",
        f"B-7,Kettle,,,{dora},x",
        f'B-8,Kettle <script>{emil}</script>,&lt;a href=mailto:{finn}&gt;,Acme,9.00,{{"note": "{gina}"}}',
        f"B-9,Kettle {hans[:4]}\u200b{hans[4:]},{ines.replace('@', WIDE_AT)},Acme,9.00,y",
    ]
    return "\n".join(lines) + "\n"


def texts(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Everything that stands in any file below a folder: bytes, and what is compressed inside them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            yield path, raw
            if path.suffix == ".parquet":
                frame = pl.read_parquet(path)
                yield from ((path, told(frame.get_column(name))) for name in frame.columns)
            elif raw[:2] == b"\x1f\x8b":
                yield path, gzip.decompress(raw)
            elif raw[:15] == b"SQLite format 3":
                yield path, rows_of(path)


def told(values: pl.Series) -> bytes:
    """A column's values, one after the other."""
    if values.dtype == pl.Binary:
        return b"\n".join(value for value in values if value is not None)
    if values.dtype.is_nested():
        values = values.to_frame("value").select(pl.struct("value").struct.json_encode()).to_series()
    return "\n".join(values.cast(pl.String).drop_nulls()).encode()


def rows_of(database: Path) -> bytes:
    """Every value of every row of an SQLite database."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        names = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = [value for name in names for row in opened.execute(f'SELECT * FROM "{name}"') for value in row]
    return b"\n".join(value_of(value) for value in found)


def value_of(value: object) -> bytes:
    """A database's value; what is kept as compressed Arrow as the JSON of its rows."""
    if isinstance(value, bytes):
        return pl.read_ipc(io.BytesIO(value)).write_json().encode() if value.startswith(b"ARROW1") else value
    return str(value).encode()


def exposed(folder: Path) -> list[str]:
    """Where something personal stands in the clear."""
    return [
        f"{path.relative_to(folder)}: {datum!r}" for path, text in texts(folder) for datum in CLEAR if datum in text
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that took the hostile delivery in."""
    made = Shop.open(tmp_path_factory.mktemp("privacy"))
    file = made.folder / "deliveries" / "acme.csv"
    file.parent.mkdir()
    file.write_text(hostile())
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    told = made.run(file)
    assert [name for name, attempt in told.items() if attempt.refused] == []
    assert list(told) == [stage.name for stage in CHAIN]
    return made


def test_what_is_looked_for_is_found_where_it_stands(tmp_path: Path) -> None:
    """The scan can fail: plain, compressed in Parquet, in a database, in gzip."""
    mail = MAILS[0]
    (tmp_path / "plain.json").write_text(mail)
    pl.DataFrame({"a": [[mail]], "b": ["x"]}).write_parquet(tmp_path / "nested.parquet", compression="zstd")
    pl.DataFrame({"a": [mail.encode()]}).write_parquet(tmp_path / "bytes.parquet", compression="zstd")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(mail.encode()))
    with sqlite3.connect(tmp_path / "some.db") as database:
        database.execute("CREATE TABLE t (a BLOB)")
        packed = io.BytesIO()
        pl.DataFrame({"a": [mail]}).write_ipc(packed, compression="zstd")
        database.execute("INSERT INTO t VALUES (?)", (packed.getvalue(),))
    files = {one.split(":")[0] for one in exposed(tmp_path)}
    assert files == {"plain.json", "nested.parquet", "bytes.parquet", "packed.gz", "some.db"}


def test_no_file_of_the_lake_holds_anything_personal_in_the_clear(shop: Shop) -> None:
    assert exposed(shop.runtime.settings.lake_folder) == []


def test_the_rows_are_there_with_tokens_that_the_vault_reveals(shop: Shop) -> None:
    told = {one["sku"]: one for one in shop.table("records").iter_rows(named=True)}
    assert {"B-1", "B-2", "B-3", "B-8", "B-9"} <= set(told)
    (token,) = TOKEN.findall(told["B-1"]["title"])
    assert shop.runtime.vault.reveal(token) == MAILS[0]
    aside = shop.table("feed_rejects")
    assert {"contract/sku-impersonal", "contract/key-unique", "contract/something-named"} <= set(aside["rule"])
    sealed = aside.filter(pl.col("sealed").is_not_null())
    assert sealed.height
    (delivery,) = {
        one["sha256"]
        for one in (logged.entry.body for logged in shop.runtime.lake.ledger.read())
        if "supplier" in one and "sha256" in one
    }
    (raw,) = shop.runtime.vault.unseal(delivery, sealed["sealed"].to_list()[:1])
    assert MAILS[0].encode() in raw


def test_the_same_person_has_the_same_token_wherever_it_stands(shop: Shop) -> None:
    titles, clean = (shop.table(name).sort("sku") for name in ("records", "products"))
    both = titles.select("sku", "title").join(clean.select("sku", "title"), on="sku", suffix="_clean")
    found = both.filter(pl.col("title").str.contains(TOKEN.pattern))
    assert found.height >= 3
    for _, before, after in found.iter_rows():
        assert set(TOKEN.findall(after)) <= set(TOKEN.findall(before))


NOTES = Contract(
    key=("supplier", "sku"),
    columns=(Column("supplier", pl.String), Column("sku", pl.String), Column("note", pl.String, reads=("brand",))),
    rules=(RowRule("never", pl.col("note") == "", "it is not empty", "empty it"),),
)


def test_rows_that_a_stage_joined_personal_data_in_are_set_aside_with_tokens(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records, products))
    made.run(made.deliver("acme.csv", [{**one, "brand": "anna.quillfeather"} for one in kettles(4)]))
    local, domain = pl.lit("anna.quillfeather"), pl.lit("examplemail.org")

    @table_stage(NOTES)
    def notes(products: pl.LazyFrame) -> pl.LazyFrame:
        """Few rows that are kept, and one whose note is put together and breaks the contract."""
        note = pl.when(pl.col("sku") == "A-1").then(pl.format("{}@{}", local, domain)).otherwise(pl.lit(""))
        return products.select("supplier", "sku", note.alias("note"))

    made.stages = (*made.stages, notes)
    attempt = made.make(notes)
    assert (attempt.refused, attempt.rows, attempt.set_aside) == (False, 3, 1)
    (told,) = made.table("notes_quarantine")["row"]
    assert TOKEN.search(told)
    lake = made.runtime.settings.lake_folder
    assert [one for one in exposed(lake) if "@" in one or MAILS[0] in one] == []
    assert made.make(notes).unchanged


def test_what_a_function_says_when_it_breaks_off_is_told_with_tokens(tmp_path: Path) -> None:
    made = Shop.open(tmp_path, stages=(records, products))
    made.run(made.deliver("acme.csv", kettles(3)))

    @row_stage(NOTES)
    def failing(products: pl.DataFrame) -> pl.DataFrame:
        """A library that quotes a row."""
        return products.with_columns(pl.lit(MAILS[0]).str.to_integer().alias("note"))

    made.stages = (*made.stages, failing)
    with pytest.raises(StageError, match=r"InvalidOperationError|ComputeError") as raised:
        made.make(failing)
    assert MAILS[0] not in str(raised.value)
    assert TOKEN.search(str(raised.value))
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert exposed(made.runtime.settings.lake_folder) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.csv", f"name,mail\nx,{MAILS[0]}\n".encode()),
        ("bad.jsonl", f'{{"sku": "{MAILS[0]}", "title": \n'.encode() * 3),
        ("bad.parquet", b"PAR1" + MAILS[0].encode() + b"PAR1"),
        ("bad.json", f'{{"a": ["{MAILS[0]}"'.encode()),
        ("bad.csv.gz", b"\x1f\x8b" + MAILS[0].encode()),
        ("bad.xml", f"<a><b>{MAILS[0]}</a>".encode()),
    ],
)
def test_a_bad_file_is_refused_in_words_that_quote_nothing_of_it(shop: Shop, name: str, content: bytes) -> None:
    file = shop.folder / name
    file.write_bytes(content)
    os.utime(file, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    with pytest.raises(IntakeError) as raised:
        shop.make(records, file)
    fault: BaseException | None = raised.value
    while fault is not None:
        assert MAILS[0] not in str(fault), type(fault)
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    assert exposed(shop.runtime.settings.lake_folder) == []


@pytest.mark.slow
def test_nor_do_dagsters_own_files_or_the_programs_words(tmp_path: Path) -> None:
    (tmp_path / "aios.toml").write_text('[stages]\nmodules = ["quoting_stages"]\n')
    (tmp_path / "quoting_stages.py").write_text(
        '"""A stage whose library quotes a row."""\n'
        "import polars as pl\n"
        "from aios_assets.stage import row_stage\n"
        "from policies.contract import Column, Contract\n"
        "KEY = ('supplier', 'sku')\n"
        "COLUMNS = tuple(Column(name, pl.String) for name in KEY)\n"
        "@row_stage(Contract(key=KEY, columns=(*COLUMNS, Column('note', pl.Int64, reads=('title',)))))\n"
        "def quoting(products: pl.DataFrame) -> pl.DataFrame:\n"
        '    """Breaks off."""\n'
        "    local = pl.lit('anna.quillfeather')\n"
        "    told = pl.format('{}@{}', local, pl.lit('examplemail.org'))\n"
        "    return products.select(*KEY, told.str.to_integer().alias('note'))\n"
    )
    feed = tmp_path / "acme.csv"
    feed.write_text(hostile())
    os.utime(feed, (1_700_000_000,) * 2)  # long at rest: nothing to wait for
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("AIOS_", "DAGSTER_"))}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from aios_assets.cli import main; sys.exit(main())",
            "run",
            str(feed),
            "--json",
        ],
        cwd=tmp_path,
        env=bare | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))},
        capture_output=True,
        check=False,
    )
    assert b"quoting" in done.stdout, done.stderr
    said = done.stdout + done.stderr
    assert [mail for mail in MAILS if mail.encode() in said] == []
    found = exposed(tmp_path / "lake")
    # The stage's own source, which a traceback repeats, is no row.
    assert [one for one in found if "@" in one or "quillfeather'" not in one] == []

"""The example feed as other programs write it: read back equal, whatever format, encoding and compression."""

import gzip
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import polars as pl
import pytest
import zstandard

from aios_assets.feeds import Limits, open_delivery, read

pd: Any = pytest.importorskip("pandas")

QUICK = Limits(settle_seconds=0)
ROWS = 60
TITLES = (
    "Wasserkocher „Größe 3“, 1,5 l",
    'Monitor 15" schwarz',
    "Schal; Wolle | blau",
    "Żółw pluszowy",
    "=1+1",
    "00123",
    "Tasse, 2 Stück",
)


def example(letters: str = "") -> pl.DataFrame:
    """The example as text: separators, quotes and formulas in titles, leading zeros, empty cells. `letters`: an encoding."""
    titles = [title if not letters else title.encode(letters, "ignore").decode(letters) for title in TITLES]
    return pl.DataFrame(
        {
            "Artikelnummer": [f"{number:05d}" for number in range(ROWS)],
            "Bezeichnung": [titles[number % len(titles)] for number in range(ROWS)],
            "Marke": [None if number % 7 == 0 else f"Marke {number % 5}" for number in range(ROWS)],
            "Preis": [f"{number},95" for number in range(ROWS)],
        }
    )


def said(path: Path) -> pl.DataFrame:
    """All that is read, nothing set aside."""
    found = list(read(open_delivery(path, limits=QUICK)))
    assert sum(batch.rejects.height for batch in found) == 0
    return pl.concat([batch.rows for batch in found], how="diagonal").drop("_line", "_start", "_end")


def test_each_encoding_and_separator(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp1250"):
        frame = example("" if encoding.startswith("utf") else encoding)
        for separator in ",;|\t#":
            for ending in ("\n", "\r\n"):
                text = frame.write_csv(separator=separator, line_terminator=ending)
                (tmp_path / "a.csv").write_bytes(text.encode(encoding))
                assert said(tmp_path / "a.csv").equals(frame), (encoding, separator, ending)


@pytest.mark.parametrize("style", ["necessary", "always", "non_numeric"])
def test_each_quoting(tmp_path: Path, style: Any) -> None:
    (tmp_path / "a.csv").write_text(example().write_csv(quote_style=style), encoding="utf-8")
    assert said(tmp_path / "a.csv").equals(example())


def test_each_compression(tmp_path: Path) -> None:
    content = example().write_csv().encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("feed.csv", content)
    for name, bytes_ in {
        "a.gz": gzip.compress(content),
        "a.zst": zstandard.compress(content),
        "a.zip": packed.getvalue(),
    }.items():
        (tmp_path / name).write_bytes(bytes_)
        assert said(tmp_path / name).equals(example()), name


def _objects() -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if value} for row in example().rows(named=True)]


def _elements(row: dict[str, str], prefix: str = "") -> str:
    return "".join(f"<{prefix}{name}>{escape(value)}</{prefix}{name}>" for name, value in row.items())


def _rss() -> str:
    items = "".join(f"<item>{_elements(row, 'g:')}</item>" for row in _objects())
    return f'<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>s</title>{items}</channel></rss>'


TREES: dict[str, Callable[[], str]] = {
    "array.json": lambda: json.dumps(_objects()),
    "nested.json": lambda: json.dumps({"shop": {"v": 1, "items": _objects()}}, ensure_ascii=False),
    "lines.jsonl": lambda: "\n".join(json.dumps(row) for row in _objects()),
    "feed.xml": lambda: f"<catalog>{''.join(f'<product>{_elements(row)}</product>' for row in _objects())}</catalog>",
    "merchant.xml": _rss,
}  # fmt: skip


@pytest.mark.parametrize("name", TREES)
def test_trees(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TREES[name](), encoding="utf-8")
    rows = said(tmp_path / name)
    rows = rows.rename({column: column.removeprefix("g:") for column in rows.columns})
    assert rows.select(example().columns).equals(example())


def test_pandas(tmp_path: Path) -> None:
    frame = pd.DataFrame(example().to_dict(as_series=False))
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv.gz", index=False, sep=";", encoding="utf-8-sig")
    frame.to_json(tmp_path / "c.json", orient="records")
    frame.to_json(tmp_path / "d.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "e.parquet")
    frame[~frame["Bezeichnung"].str.startswith("=")].to_excel(
        tmp_path / "f.xlsx", index=False
    )  # a formula has no value yet
    for path in sorted(tmp_path.iterdir()):
        rows = example().filter(~pl.col("Bezeichnung").str.starts_with("=")) if path.suffix == ".xlsx" else example()
        assert said(path).select(rows.columns).equals(rows), path.name


def test_pandas_with_its_index_has_a_column_more(tmp_path: Path) -> None:
    pd.DataFrame(example().to_dict(as_series=False)).to_csv(tmp_path / "a.csv")
    rows = said(tmp_path / "a.csv")
    assert rows.columns == ["column_1", *example().columns]
    assert rows.select(example().columns).equals(example())


def test_duckdb(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.register("feed", example().to_arrow())
    for name, how in {
        "a.csv": "FORMAT csv, HEADER",
        "b.csv": "FORMAT csv, HEADER, DELIMITER '|', FORCE_QUOTE *",
        "c.json": "FORMAT json, ARRAY true",
        "d.jsonl": "FORMAT json",
        "e.parquet": "FORMAT parquet",
        "f.csv.zst": "FORMAT csv, HEADER, COMPRESSION zstd",
    }.items():
        connection.sql(f"COPY feed TO '{tmp_path / name}' ({how})")
        assert said(tmp_path / name).select(example().columns).equals(example()), name


def test_excel_writes_a_bom_semicolons_and_a_line_that_says_so(tmp_path: Path) -> None:
    text = "sep=;\r\n" + example().write_csv(separator=";", line_terminator="\r\n")
    (tmp_path / "a.csv").write_bytes(text.encode("utf-8-sig"))
    assert said(tmp_path / "a.csv").equals(example())


def test_a_shell_cuts_columns(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(example().write_csv(separator="\t", quote_style="never"), encoding="utf-8")
    with (tmp_path / "b.tsv").open("wb") as out:
        subprocess.run(["cut", "-f", "1,2,4", str(tmp_path / "a.tsv")], stdout=out, check=True)
    assert said(tmp_path / "b.tsv").equals(example().drop("Marke"))


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(example().write_csv(), encoding="utf-8")
    text_columns = "/".join(f"{place}/2" for place in range(1, 5))
    for source, kind in (
        ("a.csv", "xlsx"),
        ("a.xlsx", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false"),
    ):
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
                f"--infilter=CSV:44,34,76,1,{text_columns}" if kind == "xlsx" else "--norestore",
                *("--convert-to", kind, "--outdir", str(tmp_path / kind[:4].strip(":")), str(tmp_path / source)),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        written = next((tmp_path / kind[:4].strip(":")).iterdir())
        assert said(written).equals(example()), written.name
        shutil.copy(written, tmp_path / "a.xlsx")


def _header(text: bytes) -> bytes:
    return text[: text.index(b"\n") + 1]


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "a line cut in the middle": (lambda text: text[: len(text) // 2], 1, "columns quoting"),
    "a quote put in": (lambda text: text.replace(b"00010,", b'00010,"', 1), 1, "columns quoting"),
    "a line break in a cell": (lambda text: text.replace(b"Marke 4", b"Mar\nke 4", 1), 2, "columns"),
    "a separator in a price": (lambda text: text.replace(b'"11,95"', b"11,95", 1), 1, "columns"),
    "a line in another encoding": (lambda text: text.replace("Größe".encode(), "Größe".encode("cp1252"), 1), 1, "encoding"),
    "the header again in the middle": (lambda text: text.replace(b"\n00030", b"\n" + _header(text) + b"00030", 1), 0, ""),
    "blank lines": (lambda text: text.replace(b"\n00030", b"\n\n\n00030", 1), 0, ""),
    "a NUL": (lambda text: text.replace(b"00040", b"000\x0040", 1), 1, "nul"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_broken_by_hand_costs_the_line_that_was_broken(tmp_path: Path, name: str) -> None:
    break_, lost, rules = DAMAGE[name]
    (tmp_path / "a.csv").write_bytes(break_(example().write_csv().encode()))
    found = list(read(open_delivery(tmp_path / "a.csv", limits=QUICK)))
    rejects = pl.concat([batch.rejects for batch in found])
    rows = pl.concat([batch.rows for batch in found])
    assert rejects.height <= lost
    assert set(rejects["rule"]) <= set(rules.split())
    if "cut" not in name:
        assert rows.height >= ROWS - 1
    assert not any("\ufffd" in (title or "") for title in rows["Bezeichnung"])

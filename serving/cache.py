"""Cache: an answer once given is never asked for again, whatever became of the run that asked."""

import hashlib
import io
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import polars_hash as plh
import pyarrow as pa

from serving.model import Model, ServingError, identity, shape_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, model TEXT NOT NULL, inputs BLOB NOT NULL, answers BLOB NOT NULL, sha256 BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_model ON calls (model, id);
"""
_DIGEST_BYTES = 32


class CacheError(ServingError):
    """The file of answers cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(f"the cache of answers at {path} cannot be used ({why}); move it away, it will be made again")


def inputs_of(names: Sequence[str], rows: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row's canonical input, hex: the same for the same values of these columns, for ever.

    Canonical: each input in order of its name, as name, type, length in bytes and text; no two inputs share one.
    """
    parts: list[pl.Expr] = []
    for name in sorted(names):
        dtype = rows.schema[name]
        if dtype.is_nested() or dtype in {pl.Object, pl.Binary}:
            raise ServingError(f"column {name} is {dtype}, which no model reads; hand over text, numbers or times")
        text = pl.col(name).cast(pl.String)
        told = pl.format("{}:{}:{};", pl.lit(str(dtype)), text.str.len_bytes(), text)
        parts += [pl.lit(f"{name}="), told.fill_null("null;")]
    canonical = rows.select(pl.concat_str(parts).alias("input"))
    return canonical.select(plh.col("input").chash.sha2_256()).to_series()


@dataclass
class _Index:
    """Which call answered which input of one model, as far as this process has read the file."""

    last: int = 0
    places: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"input": pl.String, "call": pl.Int64, "place": pl.UInt32})
    )


class Cache:
    """Answers by model (identity and digest) and SHA-256 of the input, in one SQLite file; a row there is one call.

    WAL: a crash loses at most the last calls, never the file. Any number of threads and processes may share it. A call
    is kept as its inputs' digests and its answers as compressed Arrow, with the SHA-256 of both: a flipped bit is no
    answer.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._indexes: dict[str, _Index] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_SCHEMA)

    def get(self, model: Model, digest: str, inputs: pl.Series) -> pl.DataFrame:
        """The answers that are known, in no order: `input` and the columns of the model's answer."""
        name = f"{identity(model)} {digest}"
        schema = pl.Schema({"input": pl.String(), **shape_of(model)})
        with self._open() as db:
            places = self._places(db, name)
            wanted = pl.DataFrame({"input": inputs}).join(places, on="input", how="inner")
            parts = [
                self._answers(db, int(call)).select(pl.all().gather(group["place"])).with_columns(input=group["input"])
                for (call,), group in wanted.group_by("call")
            ]
        return pl.concat(parts).select(list(schema)).cast(schema) if parts else pl.DataFrame(schema=schema)

    def put(self, model: Model, digest: str, inputs: pl.Series, answers: pl.DataFrame) -> None:
        """Keeps one call: the digests of its inputs, and its answers in the same order."""
        told = io.BytesIO()
        answers.write_ipc(told, compression="zstd")
        keys, blob = bytes.fromhex("".join(inputs.to_list())), told.getvalue()
        row = (f"{identity(model)} {digest}", keys, blob, hashlib.sha256(keys + blob).digest())
        with self._open() as db, db:
            db.execute("INSERT INTO calls (model, inputs, answers, sha256) VALUES (?, ?, ?, ?)", row)

    def __len__(self) -> int:
        """How many answers are kept."""
        with self._open() as db:
            (count,) = db.execute("SELECT coalesce(sum(length(inputs)), 0) FROM calls").fetchone()
        return int(count) // _DIGEST_BYTES

    def _places(self, db: sqlite3.Connection, name: str) -> pl.DataFrame:
        with self._lock:
            index = self._indexes.setdefault(name, _Index())
            rows = db.execute("SELECT id, inputs FROM calls WHERE model = ? AND id > ? ORDER BY id", (name, index.last))
            new = [
                pl.DataFrame({"input": _hex(keys)}).with_row_index("place").with_columns(call=pl.lit(call, pl.Int64))
                for call, keys in rows.fetchall()
            ]
            if new:
                index.last = int(new[-1]["call"][0])
                every = pl.concat([index.places, *(part.select("input", "call", "place") for part in new)])
                index.places = every.unique("input", keep="first", maintain_order=True)
            return index.places

    def _answers(self, db: sqlite3.Connection, call: int) -> pl.DataFrame:
        keys, blob, sha256 = db.execute("SELECT inputs, answers, sha256 FROM calls WHERE id = ?", (call,)).fetchone()
        if hashlib.sha256(keys + blob).digest() != sha256:
            raise CacheError(self._path, f"call {call} in it is not what was written")
        return pl.read_ipc(io.BytesIO(blob))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection each time: it costs 0.1 ms, and none is carried over a fork or between threads.
        try:
            with closing(sqlite3.connect(self._path, timeout=60)) as db:
                db.execute("PRAGMA synchronous = NORMAL")
                yield db
        except sqlite3.Error as error:
            raise CacheError(self._path, str(error)) from error


def _hex(keys: bytes) -> pl.Series:
    """Digests that stand one after another, as hex."""
    fixed = pa.Array.from_buffers(pa.binary(_DIGEST_BYTES), len(keys) // _DIGEST_BYTES, [None, pa.py_buffer(keys)])
    told = pl.Series(pl.from_arrow(fixed.cast(pa.binary())))
    return told.bin.encode("hex")

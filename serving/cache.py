"""Cache: an answer once given is never asked for again, whatever became of the run that asked."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import polars as pl
import polars_hash as plh

from serving.model import Model, ServingError, identity

_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID"
_CHUNK = 20_000


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


def keys_of(model: Model, digest: str, inputs: pl.Series) -> pl.Series:
    """SHA-256 of a model, by identity and digest, and each input, hex: what an answer is kept under."""
    asked = pl.lit(f"{identity(model)}\n{digest}\n")
    told = pl.DataFrame({"input": inputs}).select(pl.concat_str(asked, "input").alias("key"))
    return told.select(plh.col("key").chash.sha2_256()).to_series()


class Cache:
    """Answers by key, as JSON text, in one SQLite file (WAL: a crash loses at most the last answers, never the file).

    Any number of threads and processes may share it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(_SCHEMA)

    def get(self, keys: Sequence[str]) -> pl.DataFrame:
        """The answers that are known, as `key`, `answer`, in no order."""
        found: list[tuple[str, str]] = []
        with self._open() as db:
            for start in range(0, len(keys), _CHUNK):
                listed = '["' + '","'.join(keys[start : start + _CHUNK]) + '"]'
                found += db.execute(
                    "SELECT asked.value, answer FROM json_each(?) AS asked JOIN answers ON answers.key = asked.value",
                    (listed,),
                ).fetchall()
        return pl.DataFrame(found, schema={"key": pl.String, "answer": pl.String}, orient="row")

    def put(self, answers: pl.DataFrame) -> None:
        """Keeps answers (`key`, `answer`); one already kept stays as it is."""
        ordered = answers.select("key", "answer").sort("key")
        with self._open() as db, db:
            db.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", ordered.iter_rows())

    def __len__(self) -> int:
        with self._open() as db:
            (count,) = db.execute("SELECT count(*) FROM answers").fetchone()
        return int(count)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection each time: it costs 0.1 ms, and none is carried over a fork or between threads.
        try:
            with closing(sqlite3.connect(self._path, timeout=60)) as db:
                db.execute("PRAGMA synchronous = NORMAL")
                yield db
        except sqlite3.Error as error:
            raise CacheError(self._path, str(error)) from error

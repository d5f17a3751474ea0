"""Clean: texts in which nothing was found, remembered by hash, so that each is looked through once a process.

A title goes through every stage of a run, and what it holds is a pure function of it. Two hashes of different families,
both under keys drawn for this process, say where in a table a text would stand and what would stand there (64 bits each).
A newer text takes an older one's place: the memory can forget, and what it forgot is looked through again. It takes a text
that it never saw for one of its own once in 10^19 times, and nobody outside can say which.

Tables grow with what is put in. Where a text would stand in a larger one is not known of what stands in the smaller, so
that one is kept and asked as well until the next time: what one stage has just looked through, the next still knows.
"""

import secrets
import threading

import polars as pl
import polars_hash  # noqa: F401  registers the second family of hashes

SIZES = (1 << 17, 1 << 19, 1 << 21, 1 << 23)
"""Places of each of the two tables as they grow: 2 MB together, and at most 128 MB, or 160 with those before."""


class Clean:
    """Two direct-mapped tables of hashes: whom the first has no free place for goes to the second. Threads may share it."""

    def __init__(self) -> None:
        self._key, self._changing = secrets.randbits(62), threading.Lock()
        self._tables, self._count = [_empty(SIZES[0])], 0

    def look_up(self, texts: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """For each column the `row` of every text of which nothing is known, with its hashes, `place` and `mark`.

        A null or an empty text holds nothing, and is never among them.
        """
        key = self._key
        with self._changing:
            kept = [
                (table, len(pair[0]), place)
                for pair in self._tables
                for table, place in zip(map(pl.lit, pair), (_first, _second), strict=True)
            ]
        marks = texts.select(pl.all().nchash.xxh3_64(seed=key))  # type: ignore[attr-defined]  # registered above
        places = texts.select(pl.all().hash(key + 1))
        looked = []
        for name in texts.columns:
            hashes = pl.LazyFrame({"text": texts[name], "place": places[name], "mark": marks[name]})
            rest = hashes.with_row_index("row").filter(pl.col("text") != "")
            for table, size, place in kept:
                rest = rest.filter(table.gather(place(pl.col("place"), size)) != pl.col("mark"))
            looked.append(rest.select("row", "place", "mark"))
        return dict(zip(texts.columns, pl.collect_all(looked), strict=True))

    def add(self, hashes: pl.DataFrame) -> None:
        """Remembers texts by their `place` and `mark`."""
        with self._changing:
            self._count += hashes.height
            size = next((size for size in SIZES if self._count <= size // 2), SIZES[-1])
            if size > len(self._tables[-1][0]):
                self._tables = [self._tables[-1], _empty(size)]
            first, second = self._tables[-1]
            at, marks = hashes.select(_first(pl.col("place"), size)).to_series(), hashes["mark"]
            free = first.gather(at) == 0
            first.scatter(at.filter(free), marks.filter(free))
            rest = hashes.filter(first.gather(at) != marks)  # who came too late, also among these
            second.scatter(rest.select(_second(pl.col("place"), size)).to_series(), rest["mark"])


def _first(place: pl.Expr, size: int) -> pl.Expr:
    return (place % size).cast(pl.UInt32)


def _second(place: pl.Expr, size: int) -> pl.Expr:
    return (place // SIZES[-1] % size).cast(pl.UInt32)


def _empty(size: int) -> tuple[pl.Series, pl.Series]:
    first, second = (pl.Series([0], dtype=pl.UInt64).new_from_index(0, size) for _ in range(2))
    return first, second

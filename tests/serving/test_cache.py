import sqlite3
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.cache import Cache, CacheError, inputs_of
from serving.local.attributes import OneAttribute
from serving.model import ServingError

MODEL = OneAttribute()


def answers(*values):
    return pl.DataFrame(
        {"value": values, "confidence": [0.5] * len(values), "evidence": values},
        schema={"value": pl.String, "confidence": pl.Float64, "evidence": pl.String},
    )


def digests(*texts):
    return inputs_of(["title"], pl.DataFrame({"title": texts}, schema={"title": pl.String}))


def told(cache, *texts, digest="d"):
    found = cache.get(MODEL, digest, digests(*texts))
    return dict(found.select("input", "value").rows())


def test_what_was_put_is_got_by_any_other_cache_over_the_file(tmp_path):
    cache = Cache(tmp_path / "deep" / "answers.sqlite")
    other = Cache(tmp_path / "deep" / "answers.sqlite")
    cache.put(MODEL, "d", digests("a", "b"), answers("A", None))
    cache.put(MODEL, "d", digests("c"), answers("C"))
    a, b, c = digests("a", "b", "c").to_list()
    for one in (cache, other, Cache(tmp_path / "deep" / "answers.sqlite")):
        assert told(one, "a", "b", "c", "unknown") == {a: "A", b: None, c: "C"}
        assert told(one, "c") == {c: "C"}
        assert told(one, "a", digest="another") == {}
    assert len(cache) == 3


def test_the_first_answer_stays(tmp_path):
    cache = Cache(tmp_path / "answers.sqlite")
    cache.put(MODEL, "d", digests("a"), answers("first"))
    cache.put(MODEL, "d", digests("a", "b"), answers("second", "B"))
    assert sorted(told(cache, "a", "b").values()) == ["B", "first"]


def test_a_flipped_bit_is_no_answer(tmp_path):
    path = tmp_path / "answers.sqlite"
    cache = Cache(path)
    cache.put(MODEL, "d", digests("a"), answers("A"))
    with sqlite3.connect(path) as db:
        (blob,) = db.execute("SELECT answers FROM calls").fetchone()
        db.execute("UPDATE calls SET answers = ?", (blob[:-1] + bytes([blob[-1] ^ 1]),))
    db.close()
    with pytest.raises(CacheError, match="not what was written"):
        told(Cache(path), "a")


def test_a_file_that_is_no_cache_is_told(tmp_path):
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CacheError, match="move it away"):
        Cache(path)


def test_a_killed_writer_leaves_every_finished_call(tmp_path):
    program = (
        "import os, sys\nfrom pathlib import Path\n"
        "sys.path[:0] = sys.argv[2].split(':')\n"
        "from test_cache import Cache, MODEL, answers, digests\n"
        "cache = Cache(Path(sys.argv[1]))\n"
        "for n in range(20): cache.put(MODEL, 'd', digests(str(n)), answers(str(n)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    here = ":".join([*sys.path, str(__import__("pathlib").Path(__file__).parent)])
    path = tmp_path / "answers.sqlite"
    done = subprocess.run([sys.executable, "-c", program, str(path), here], check=False, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert sorted(told(Cache(path), *map(str, range(20))).values(), key=int) == [str(n) for n in range(20)]


cells = st.none() | st.text(max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=2, max_size=8))
def test_two_inputs_share_a_digest_only_where_they_are_equal(found):
    frame = pl.DataFrame(found, schema={"b": pl.String, "a": pl.String}, orient="row")
    keys = inputs_of(["a", "b"], frame)
    assert keys.n_unique() == len(set(found))
    # Neither the order of columns nor other columns matter.
    assert inputs_of(["b", "a"], frame.select("a", "b").with_columns(c=1)).equals(keys)


def test_the_digest_of_an_input_is_pinned():
    # A polars that writes values otherwise would ask every model again: this says so first.
    frame = pl.DataFrame({"title": ["Mug, Blue", None], "price": [1.5, 2.0], "count": [1, None]})
    assert inputs_of(["title"], frame).to_list() == [PINNED, PINNED_NULL]
    assert inputs_of(["title", "price", "count"], frame).to_list()[0] == PINNED_THREE
    with pytest.raises(ServingError, match="no model reads"):
        inputs_of(["x"], pl.DataFrame({"x": [b"raw"]}))


PINNED = __import__("hashlib").sha256(b"title=String:9:Mug, Blue;").hexdigest()
PINNED_NULL = __import__("hashlib").sha256(b"title=null;").hexdigest()
PINNED_THREE = (
    __import__("hashlib").sha256(b"count=Int64:1:1;price=Float64:3:1.5;title=String:9:Mug, Blue;").hexdigest()
)

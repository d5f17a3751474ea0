import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from aios_assets import scratch
from aios_assets.enrich.matching import learn, match
from aios_assets.scratch import ScratchFolder

sys.path.insert(0, str(Path(__file__).parent / "enrich" / "matching"))
from catalogues import two_suppliers

KILLED = """
import os, signal, sys
from pathlib import Path
import polars as pl
from aios_assets import scratch
from aios_assets.enrich.matching import block, learn, matches

scratch.LONG, block.SLICE, matches.SLICE = 0, 50, 100
left = [int(sys.argv[3])]
whole = scratch.ScratchFolder.kept

def dying(self, name, make):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return whole(self, name, make)

scratch.ScratchFolder.kept = dying
learn(pl.read_parquet(sys.argv[1]), scratch=scratch.ScratchFolder(Path(sys.argv[2]), say=print))
"""


@pytest.fixture
def short(monkeypatch):
    from aios_assets.enrich.matching import block, matches

    monkeypatch.setattr(scratch, "LONG", 0)
    monkeypatch.setattr(block, "SLICE", 50)
    monkeypatch.setattr(matches, "SLICE", 100)


@pytest.mark.slow
def test_what_was_learned_is_not_looked_up_again(short, tmp_path, monkeypatch):
    records, _ = two_suppliers(200)
    kept = ScratchFolder(tmp_path, say=print)
    model = learn(records, scratch=kept)
    made = []
    monkeypatch.setattr(np, "savez", lambda file, *arrays: made.append(file.name))
    found = match(records, model, merge="likely", scratch=kept)
    assert not made
    plain = match(records, learn(records), merge="likely")
    assert_frame_equal(found.pairs, plain.pairs)
    assert_frame_equal(found.clusters, plain.clusters)
    assert_frame_equal(found.asked, plain.asked)


@pytest.mark.slow
def test_a_killed_run_continues_and_ends_the_same(short, tmp_path):
    records, _ = two_suppliers(200)
    feed, folder = tmp_path / "records.parquet", tmp_path / "work"
    records.write_parquet(feed)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(feed), str(folder), "6"], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    assert len(left) == 6
    model = learn(records, scratch=ScratchFolder(folder, say=print))
    assert model.to_bytes() == learn(records).to_bytes()
    assert {path: path.stat().st_mtime_ns for path in left} == left


@pytest.mark.parametrize("bytes_", [b"", b"PK\x03\x04 torn", b"\x00" * 200])
def test_a_torn_file_is_computed_again(short, tmp_path, bytes_):
    kept = ScratchFolder(tmp_path, say=print)
    kept.open(pl.DataFrame({"supplier": ["a"], "sku": ["1"], "title": ["x"]}))
    kept.kept("slice", lambda: (np.arange(3),))
    (file,) = tmp_path.rglob("*.npz")
    file.write_bytes(bytes_)
    assert kept.kept("slice", lambda: (np.arange(4),))[0].tolist() == [0, 1, 2, 3]
    assert kept.kept("slice", lambda: (np.arange(5),))[0].tolist() == [0, 1, 2, 3]


def test_other_records_are_other_work(short, tmp_path):
    kept = ScratchFolder(tmp_path, say=print)
    for title in ("x", "y"):
        kept.open(pl.DataFrame({"supplier": ["a"], "sku": ["1"], "title": [title]}))
        made = kept.kept("slice", lambda title=title: (np.array([ord(title)]),))
        assert made[0].tolist() == [ord(title)]
    assert len(os.listdir(tmp_path)) == 1


def test_progress_is_told_with_the_time_left(monkeypatch):
    told = []
    kept = ScratchFolder(None, say=told.append)
    monkeypatch.setattr(scratch, "EVERY", 0.0)
    kept.sliced("comparing", [(str(at), lambda: (np.zeros(1),)) for at in range(4)])
    assert [line.split(",")[0] for line in told] == ["  comparing: 25%", "  comparing: 50%", "  comparing: 75%"]
    assert all("s left" in line for line in told)

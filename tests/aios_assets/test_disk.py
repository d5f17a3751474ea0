"""Disk: one holder of a lock at a time, durable copies, and signatures that tell a touched file."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aios_assets.disk import copy_file, locked, sha256_of, signature_of


def test_a_lock_has_one_holder_among_threads(tmp_path: Path) -> None:
    inside, most = [0], [0]

    def hold() -> None:
        for _ in range(50):
            with locked(tmp_path / "lock"):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_lock_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    program = f"""
import pathlib, time
from aios_assets.disk import locked
with locked(pathlib.Path({str(tmp_path / "lock")!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    with locked(tmp_path / "lock"):
        pass


def test_a_copy_has_the_same_bytes_and_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 3_000_000)
    copy_file(tmp_path / "one", tmp_path / "two")
    assert sha256_of(tmp_path / "one") == sha256_of(tmp_path / "two")
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "one", tmp_path / "two")


def test_a_touched_file_has_another_signature(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    before = signature_of(file)
    assert signature_of(file) == before
    file.unlink()
    file.write_bytes(b"two!")
    assert signature_of(file) != before

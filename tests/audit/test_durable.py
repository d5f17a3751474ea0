"""Durable folders and files."""

from pathlib import Path

from audit.durable import make_folder, write_once


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert write_once(path, b"first", 0o600)
    assert not write_once(path, b"second", 0o600)
    assert path.read_bytes() == b"first"
    assert [found.name for found in tmp_path.iterdir()] == ["key"]


def test_a_folder_is_made_with_all_above_it(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()

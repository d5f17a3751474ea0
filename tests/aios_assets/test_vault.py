"""The vault: sealed, equal stays equal, forgotten for good, and whole after any fault."""

import hashlib
import hmac
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.vault import Forgotten, Vault, VaultError, is_token

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "keys", tmp_path / "lake")


def again(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "keys", tmp_path / "lake")


def test_equal_data_get_equal_tokens_and_are_revealed(vault: Vault, tmp_path: Path) -> None:
    one, two, other = vault.tokens("mail", ["Jane@Example.com", "jane@example.com", "bob@example.com"])
    assert one == two != other
    assert is_token(one)
    assert one.startswith("[mail:")
    assert one.isascii()
    assert vault.reveal(one) == "Jane@Example.com"
    assert again(tmp_path).tokens("mail", ["JANE@example.com"]) == [one]
    assert again(tmp_path).reveal(one) == "Jane@Example.com"
    assert vault.token("phone", "jane@example.com") != one


def test_nothing_is_stored_in_the_clear(vault: Vault, tmp_path: Path) -> None:
    vault.tokens("mail", ["jane.doe@example.com"])
    vault.seal("d1", [b"raw jane.doe@example.com"])
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"jane.doe" not in file.read_bytes()


def test_forgetting_cannot_be_undone_by_restoring_the_lake_or_the_feed(vault: Vault, tmp_path: Path) -> None:
    [token] = vault.tokens("mail", ["jane@example.com"])
    shutil.copytree(tmp_path / "lake", tmp_path / "backup")
    assert vault.forget(token) is True
    assert vault.forget(token) is False
    vault.close()
    shutil.rmtree(tmp_path / "lake")
    (tmp_path / "backup").rename(tmp_path / "lake")
    restored = again(tmp_path)
    for _ in range(2):
        with pytest.raises(Forgotten):
            restored.reveal(token)
        assert restored.tokens("mail", ["jane@example.com"]) == [token]


def test_a_forgotten_key_is_no_longer_in_the_keys_files(vault: Vault, tmp_path: Path) -> None:
    [token] = vault.tokens("mail", ["jane@example.com"])
    wrapped = vault._keys.execute("SELECT wrapped FROM subject").fetchone()[0]
    held = [path for path in (tmp_path / "keys").iterdir() if wrapped in path.read_bytes()]
    assert held
    vault.forget(token)
    assert not any(wrapped in path.read_bytes() for path in (tmp_path / "keys").iterdir())


def test_someone_never_seen_can_be_forgotten_beforehand(vault: Vault) -> None:
    token = vault.token("mail", "jane@example.com")
    with pytest.raises(VaultError, match="nothing is sealed"):
        vault.reveal(token)
    assert vault.forget(token)
    assert vault.tokens("mail", ["jane@example.com"]) == [token]
    with pytest.raises(Forgotten):
        vault.reveal(token)


@given(st.lists(st.binary(max_size=60), max_size=5))
@settings(max_examples=20, deadline=None)
def test_raw_bytes_come_back_from_their_delivery_alone(
    tmp_path_factory: pytest.TempPathFactory, blobs: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("vault")
    vault = again(folder)
    sealed = vault.seal("d1", blobs)
    assert again(folder).unseal("d1", sealed) == blobs
    vault.seal("d2", [b""])
    for blob in sealed:
        with pytest.raises(VaultError, match="not what was sealed"):
            vault.unseal("d2", [blob])
        with pytest.raises(VaultError, match="not what was sealed"):
            vault.unseal("d1", [blob[:-1] + bytes([blob[-1] ^ 1])])
    vault.forget("d1")
    with pytest.raises(Forgotten):
        vault.unseal("d1", sealed)
    with pytest.raises(Forgotten):
        vault.seal("d1", blobs)


def test_unsealing_what_was_never_sealed_says_so(vault: Vault) -> None:
    with pytest.raises(VaultError, match="nothing was ever sealed"):
        vault.unseal("d9", [])


def test_line_digests_are_keyed(vault: Vault, tmp_path: Path) -> None:
    lines = pl.Series("line", ["a;b", None, "ä"])
    digests = vault.digests(lines)
    assert digests.to_list() == [
        line and hmac.new(vault.line_key.encode(), line.encode(), hashlib.sha256).hexdigest() for line in lines
    ]
    assert vault.digests(lines.cast(pl.Binary)).to_list() == digests.to_list()
    assert again(tmp_path / "other").digests(lines)[0] != digests[0]


def test_a_lake_refuses_keys_that_are_not_its_own(vault: Vault, tmp_path: Path) -> None:
    vault.tokens("mail", ["jane@example.com"])
    vault.close()
    with pytest.raises(VaultError, match="key files are missing"):
        Vault.open(tmp_path / "elsewhere", tmp_path / "lake")
    again(tmp_path / "other").close()
    with pytest.raises(VaultError, match="under other keys"):
        Vault.open(tmp_path / "other" / "keys", tmp_path / "lake")
    (tmp_path / "keys" / "vault.db").rename(tmp_path / "gone")
    with pytest.raises(VaultError, match="key files are missing"):
        again(tmp_path)


def test_a_damaged_master_key_is_named(tmp_path: Path) -> None:
    again(tmp_path).close()
    (tmp_path / "keys" / "master.key").write_bytes(b"short")
    with pytest.raises(VaultError, match="32 bytes"):
        again(tmp_path)


def test_keys_are_for_their_owner_only(vault: Vault, tmp_path: Path) -> None:
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "keys").iterdir())


def test_threads_that_meet_the_same_people_agree(vault: Vault, tmp_path: Path) -> None:
    mails = [f"person{n}@example.com" for n in range(200)]
    other = again(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda v: v.tokens("mail", mails), [vault, other] * 4))
    assert all(answer == answers[0] for answer in answers)
    assert [other.reveal(token) for token in answers[0]] == mails


@pytest.mark.slow
def test_processes_that_make_the_keys_at_once_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from aios_assets.vault import Vault; "
        "print(Vault.open(Path(sys.argv[1]) / 'keys', Path(sys.argv[1]) / 'lake').tokens('mail', ['jane@example.com'])[0])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in started}
    assert len(said) == 1
    assert again(tmp_path).reveal(said.pop().strip()) == "jane@example.com"


def environment() -> dict[str, str]:
    return dict(os.environ, PYTHONPATH=str(ROOT))

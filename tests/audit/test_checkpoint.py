"""Signed notes against published vectors; keys made once, durable and private."""

import base64
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from audit.checkpoint import Checkpoint, Signer, Verifier
from audit.errors import KeyFileError, NoteError

# from the documentation and tests of golang.org/x/mod/sumdb/note
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n\u2014 PeterNeumann {SIGNATURE}\n"
SUM_DB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
ROOT = bytes(range(32))
SIGNER = Signer.parse(SECRET)


def test_the_published_note_is_signed_the_same() -> None:
    assert SIGNER.sign(TEXT) == NOTE
    assert str(SIGNER.verifier) == PUBLIC
    assert SIGNER.secret() == SECRET


@pytest.mark.parametrize("key", [PUBLIC, SUM_DB])
def test_published_verify_keys_have_the_id_that_they_claim(key: str) -> None:
    assert str(Verifier.parse(key)) == key


def test_a_note_opens_for_its_key_among_others() -> None:
    other = f"\u2014 other {base64.b64encode(b'1234' + bytes(64)).decode()}\n"
    same_name = f"\u2014 PeterNeumann {base64.b64encode(b'1234' + bytes(64)).decode()}\n"
    text, gap, line = NOTE.rpartition("\n\n")
    assert Verifier.parse(PUBLIC).open(f"{text}{gap}{other}{same_name}{line}") == TEXT


def test_any_flipped_bit_of_a_checkpoint_is_noticed() -> None:
    note = SIGNER.checkpoint(7, ROOT).encode()
    for at in range(len(note)):
        for bit in range(8):
            altered = bytes([*note[:at], note[at] ^ 1 << bit, *note[at + 1 :]]).decode(errors="replace")
            with pytest.raises(NoteError):
                SIGNER.verifier.checkpoint(altered)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        NOTE[:-1],
        f"{TEXT}\n\u2014 PeterNeumann\n",
        f"{TEXT}\n- PeterNeumann {SIGNATURE}\n",
        f"{TEXT}\n\u2014 PeterNeumann ***\n",
        f"{TEXT}\n\u2014 PeterNeumann \u00e9\n",
        f"{TEXT}\n\u2014 SomebodyElse {SIGNATURE}\n",
        f"{TEXT}x\n\u2014 PeterNeumann {SIGNATURE}\n",
        f"{TEXT}\n\u2014 PeterNeumann {base64.b64encode(SIGNER.verifier.id + bytes(10)).decode()}\n",
    ],
)
def test_a_malformed_or_foreign_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        SIGNER.verifier.open(note)


def test_a_checkpoint_says_what_was_signed() -> None:
    note = SIGNER.checkpoint(7, ROOT)
    assert SIGNER.verifier.checkpoint(note) == Checkpoint("PeterNeumann", 7, ROOT)
    assert note.startswith(f"PeterNeumann\n7\n{base64.b64encode(ROOT).decode()}\n\n\u2014 PeterNeumann ")


def test_a_checkpoint_of_another_origin_is_refused() -> None:
    with pytest.raises(NoteError, match="another-log"):
        SIGNER.verifier.checkpoint(SIGNER.sign(Checkpoint("another-log", 7, ROOT).text()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n7\n",
        "o\n07\nAAAA\n",
        "o\n-7\nAAAA\n",
        "o\n7\n***\n",
        "o\n7\nAAAA\n",
        f"\n7\n{'A' * 43}=\n",
        "o\n\u0667\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+zz+AAAA",
        "name+033de0ae+***",
        "name+033de0ae+AAAA",
        SUM_DB.replace("033d", "033e"),
        "x" + PUBLIC,
    ],
)
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(key)
    with pytest.raises(NoteError):
        Signer.parse(f"PRIVATE+KEY+{key}")


@pytest.mark.parametrize("secret", [f"x{SECRET}", SECRET.replace("PeterNeumann", "PeterNewmann")])
def test_a_secret_that_contradicts_itself_is_refused(secret: str) -> None:
    with pytest.raises(NoteError):
        Signer.parse(secret)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_key_name_has_neither_space_nor_plus(name: str, tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="no key name"):
        Signer.kept_in(tmp_path, name)


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = Signer.kept_in(tmp_path / "a" / "keys")
    again = Signer.kept_in(tmp_path / "a" / "keys")
    assert made.secret() == again.secret()
    assert [path.name for path in (tmp_path / "a" / "keys").iterdir()] == ["aios-ledger.key"]
    assert stat.S_IMODE((tmp_path / "a" / "keys" / "aios-ledger.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a" / "keys").stat().st_mode) == 0o700
    assert Signer.kept_in(tmp_path / "b").secret() != made.secret()


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\xff\xfe", SECRET[:-9].encode()])
def test_a_damaged_key_file_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "aios-ledger.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match="backup") as caught:
        Signer.kept_in(tmp_path)
    assert caught.value.where == path
    assert path.read_bytes() == content


@pytest.mark.slow
def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    # Not multiprocessing's own pool: it ends its workers by a signal, and was once seen to wait for one for ever.
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(_verify_key, [tmp_path / "keys"] * 8))) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1


def _verify_key(folder: Path) -> str:
    return str(Signer.kept_in(folder).verifier)

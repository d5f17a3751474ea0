"""Vault: personal data sealed under keys that live outside the lake; forgetting is destroying a key.

`<keys>/master.key` (32 random bytes, written once) and `<keys>/vault.db` (one random data key a subject, wrapped under the
master) live outside the lake; `<lake>/_vault/sealed.db` holds what was sealed. A subject is one datum in its normal form
(the same mail address is the same subject) or one delivery's raw bytes. A destroyed key leaves a tombstone: a lake or a
feed restored from a backup brings nothing back, and the datum is never sealed again.

Tokens are HMAC-SHA-256 (RFC 2104) of type and normal form under a key derived from the master (HKDF, RFC 5869), cut to
96 bits and written in sixteen letters: `[mail:hbdpmcaklfogeninjabopcdk]`. Values are sealed with AES-256-GCM (NIST SP
800-38D), 96-bit random nonces, the subject's name as associated data.
"""

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import polars_hash
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aios_assets.enrich.personal import TOKEN, normal
from aios_assets.vaultfile import Forgotten, VaultError, chunked, opened, owner_of, transaction
from audit.durable import make_folder, sync_folder, write_once

__all__ = ["Forgotten", "Vault", "VaultError", "is_token"]

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_NONCE = 12

_KEYS = """
CREATE TABLE IF NOT EXISTS subject (
  name TEXT PRIMARY KEY, wrapped BLOB, made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, forgotten TEXT,
  CHECK ((wrapped IS NULL) = (forgotten IS NOT NULL))
) WITHOUT ROWID;
"""
_SEALED = """
CREATE TABLE IF NOT EXISTS sealed (token TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
"""


class Vault:
    """Sealed personal data and its keys. Safe to use from several threads and processes at once.

    What a method returns is durable when it returns: keys first, then what is sealed under them.
    """

    def __init__(self, keys: Path, lake: Path, master: bytes) -> None:
        self._wrap = AESGCM(_derive(master, b"wrap subject keys"))
        self._token_key = _derive(master, b"token")
        self._lock = threading.Lock()
        self.line_key = _derive(master, b"line digest").hex()
        """Key of line digests, as `polars_hash.col(…).chash.hmac_sha256(key=…)` takes it."""
        owner = _derive(master, b"identity").hex()[:32]
        self._keys_path, self._sealed_path = keys / "vault.db", lake / "_vault" / "sealed.db"
        try:
            self._keys = opened(self._keys_path, _KEYS, owner)
            self._sealed = opened(self._sealed_path, _SEALED, owner)
        except (sqlite3.Error, OSError) as broken:
            raise VaultError(
                f"the vault at {keys} did not open", str(broken), "see that both folders can be written"
            ) from broken

    @classmethod
    def open(cls, keys_folder: Path, lake_folder: Path) -> "Vault":
        """The vault of this lake; keys are made where there are none.

        Raises VaultError where the keys cannot be read, are not this lake's, or are missing while the lake holds sealed data.
        """
        keys, lake = Path(keys_folder), Path(lake_folder)
        path, sealed = keys / "master.key", lake / "_vault" / "sealed.db"
        try:
            known = owner_of(sealed)
            if known and not (path.exists() and owner_of(keys / "vault.db")):
                raise VaultError(
                    f"the keys of {lake} are not in {keys}",
                    "the lake holds sealed data but its key files are missing",
                    "restore the keys' folder from its backup; new keys could read nothing and would change every token",
                )
            make_folder(keys, 0o700)
            make_folder(sealed.parent)
            if not path.exists():
                write_once(path, secrets.token_bytes(32), 0o600)
            else:
                sync_folder(keys)  # another process may have linked it and died before its name was durable
            master = path.read_bytes()
        except OSError as broken:
            raise VaultError(
                f"the vault at {keys} did not open", str(broken), "see that both folders can be written"
            ) from broken
        if len(master) != 32:
            raise VaultError(
                str(path), f"a key has 32 bytes, this file has {len(master)}", "restore it from its backup"
            )
        return cls(keys, lake, master)

    def close(self) -> None:
        """Gives the files back."""
        self._keys.close()
        self._sealed.close()

    def tokens(self, kind: str, values: Sequence[str]) -> list[str]:
        """The token of each datum; what stood there is sealed under the datum's own key, once, unless it was forgotten.

        Idempotent; equal data (by `normal` form) have equal tokens. The first spelling is what is kept. Raises VaultError.
        """
        answers = [self.token(kind, value) for value in values]
        first: dict[str, str] = {}
        for token, value in zip(answers, values, strict=True):
            first.setdefault(token, value)
        with self._lock, self._saying("tokens were not made"):
            fresh: set[str] = set()
            held = {
                token for token, _ in chunked(self._sealed, "SELECT token, 1 FROM sealed WHERE token IN ({})", first)
            }
            keys = self._subject_keys(first, fresh)
            rows = [
                (t, _seal(keys[t], first[t].encode(), t)) for t in first if t in keys and (t in fresh or t not in held)
            ]
            if rows:
                with transaction(self._sealed):
                    self._sealed.executemany("INSERT OR REPLACE INTO sealed VALUES (?, ?)", rows)
        return answers

    def token(self, kind: str, value: str) -> str:
        """The token that stands, or would stand, for this datum; nothing is stored."""
        digest = hmac.new(self._token_key, f"{kind}\0{normal(kind, value)}".encode(), hashlib.sha256).hexdigest()
        return f"[{kind}:{digest[:24].translate(_LETTERS)}]"

    def reveal(self, token: str) -> str:
        """What stood where this token stands. Raises Forgotten; VaultError where nothing is sealed, or not whole."""
        with self._lock, self._saying(f"{token} was not revealed"):
            key = self._key_of(token)
            row = self._sealed.execute("SELECT bytes FROM sealed WHERE token = ?", (token,)).fetchone()
            if key is None or row is None:
                raise VaultError(token, "nothing is sealed under this token", "see that it is a token of this lake")
            return _unseal(key, row[0], token).decode()

    def forget(self, subject: str) -> bool:
        """Destroys the key of a token or of a delivery, for good; False where it was destroyed before. Raises VaultError.

        A subject never seen is marked forgotten as well. The key's page is overwritten and the write-ahead log emptied;
        what a disk or a backup of the keys' folder still holds is their owner's to destroy.
        """
        with self._lock, self._saying(f"{subject} was not forgotten"):
            with transaction(self._keys):
                done = self._keys.execute(
                    "INSERT INTO subject (name, wrapped, forgotten) VALUES (?, NULL, CURRENT_TIMESTAMP) ON CONFLICT (name) DO "
                    "UPDATE SET wrapped = NULL, forgotten = CURRENT_TIMESTAMP WHERE wrapped IS NOT NULL",
                    (subject,),
                ).rowcount
            if self._keys.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise VaultError(
                    subject,
                    "its key is destroyed, but another process kept the old page from being overwritten",
                    "forget it again",
                )
            with transaction(self._sealed):
                self._sealed.execute("DELETE FROM sealed WHERE token = ?", (subject,))
            return bool(done)

    def seal(self, delivery: str, blobs: Iterable[bytes]) -> list[bytes]:
        """The blobs sealed under their delivery's key: nonce, ciphertext, tag. Raises Forgotten, VaultError."""
        with self._lock, self._saying(f"delivery {delivery} was not sealed"):
            keys = self._subject_keys([delivery], set())
        if delivery not in keys:
            raise _forgotten(delivery)
        return [_seal(keys[delivery], blob, delivery) for blob in blobs]

    def unseal(self, delivery: str, sealed: Iterable[bytes]) -> list[bytes]:
        """What `seal` sealed. Raises Forgotten; VaultError for a delivery never sealed and for bytes that are not whole."""
        with self._lock, self._saying(f"delivery {delivery} was not unsealed"):
            key = self._key_of(delivery)
        if key is None:
            raise VaultError(
                f"delivery {delivery}", "nothing was ever sealed for it", "see that the delivery's id is right"
            )
        return [_unseal(key, blob, delivery) for blob in sealed]

    def digests(self, lines: pl.Series) -> pl.Series:
        """Keyed digest of each line (HMAC-SHA-256 under `line_key`, hex); of text its UTF-8, of binary the bytes."""
        frame = pl.DataFrame({"line": lines})
        return frame.select(polars_hash.col("line").chash.hmac_sha256(key=self.line_key)).to_series().alias(lines.name)

    def _subject_keys(self, names: Iterable[str], fresh: set[str]) -> dict[str, AESGCM]:
        """The subjects' keys, made durable where there were none (then also in `fresh`); none for the forgotten."""
        names = list(names)
        held = self._wrapped(names)
        if missing := [name for name in names if name not in held]:
            made = [(name, _seal(self._wrap, secrets.token_bytes(32), name)) for name in missing]
            with transaction(self._keys):
                self._keys.executemany("INSERT OR IGNORE INTO subject (name, wrapped) VALUES (?, ?)", made)
                now = self._wrapped(missing)
            held |= now
            fresh |= {name for name, wrapped in made if now[name] == wrapped}
        return {
            name: AESGCM(_unseal(self._wrap, wrapped, name)) for name, wrapped in held.items() if wrapped is not None
        }

    def _wrapped(self, names: Iterable[str]) -> dict[str, bytes | None]:
        return dict(chunked(self._keys, "SELECT name, wrapped FROM subject WHERE name IN ({})", names))

    def _key_of(self, name: str) -> AESGCM | None:
        held = self._wrapped([name])
        if name not in held:
            return None
        wrapped = held[name]
        if wrapped is None:
            raise _forgotten(name)
        return AESGCM(_unseal(self._wrap, wrapped, name))

    @contextmanager
    def _saying(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as broken:
            raise VaultError(
                what, f"{self._keys_path} or {self._sealed_path}: {broken}", "mend the disk and ask again"
            ) from broken


def is_token(text: str) -> bool:
    """Whether this is a token and nothing else."""
    return TOKEN.fullmatch(text) is not None


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"aios vault 1: " + purpose).derive(master)


def _seal(key: AESGCM, data: bytes, name: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + key.encrypt(nonce, data, name.encode())


def _unseal(key: AESGCM, sealed: bytes, name: str) -> bytes:
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
    except (InvalidTag, ValueError) as broken:
        raise VaultError(
            name, "the sealed bytes are not what was sealed under its key", "restore them from a backup"
        ) from broken


def _forgotten(name: str) -> Forgotten:
    return Forgotten(name, "its key was destroyed", "nothing can be done: that is what forgetting means")

"""Checkpoints: what the ledger holds at one size, as a signed note that anyone can check.

Formats: C2SP signed-note (a text, an empty line, signature lines) and C2SP tlog-checkpoint (origin, size, root in
base64, each on a line), Ed25519 keys. Any tool that reads those reads these.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.durable import make_folder, sync_folder, write_once
from audit.errors import KeyFileError, NoteError

_ED25519 = b"\x01"
_DASH = "\u2014 "


@dataclass(frozen=True)
class Checkpoint:
    """What a note says: under `origin` the tree of `size` leaves has this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text, the part that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, note: str) -> "Checkpoint":
        """Reads a note's text without looking at its signatures; raises NoteError."""
        lines = note.split("\n")
        try:
            origin, size, root = lines[0], lines[1], _decoded(lines[2])
        except (IndexError, binascii.Error) as error:
            raise NoteError("this is no checkpoint: it needs three lines, origin, size and root in base64") from error
        if not origin or not (size.isascii() and size.isdecimal()) or str(int(size[:20])) != size or len(root) != 32:
            raise NoteError("this is no checkpoint: its origin, size or root is not what the format says")
        return cls(origin, int(size), root)


class Signer:
    """Signs checkpoints with a key that lies in a file outside the lake."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = Verifier(name, key.public_key())
        self.name = name

    @classmethod
    def kept_in(cls, folder: Path, name: str = "aios-ledger") -> "Signer":
        """The signer whose key is `<folder>/<name>.key`; on first use it is made, mode 0600, whole and durable."""
        path = folder / f"{name}.key"
        if not path.exists():
            make_folder(folder, mode=0o700)
            write_once(path, cls(name, Ed25519PrivateKey.generate()).secret().encode() + b"\n", 0o600)
        else:
            sync_folder(folder)  # its maker may have died before it could
        try:
            return cls.parse(path.read_text("ascii").strip())
        except (OSError, UnicodeDecodeError, NoteError) as error:
            raise KeyFileError(
                path, str(error), "put the key back from its backup; a new one cannot sign on"
            ) from error

    @classmethod
    def parse(cls, secret: str) -> "Signer":
        """Reads `PRIVATE+KEY+<name>+<id>+<base64>`, the form of Go's note package; raises NoteError."""
        head, _, rest = secret.partition("PRIVATE+KEY+")
        name, number, key = _key_parts(rest)
        if head:
            raise NoteError("this is no signing key: it does not begin with PRIVATE+KEY+")
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(key))
        if signer.verifier.id != number:
            raise NoteError("this is no signing key: its id does not belong to its name and key")
        return signer

    def secret(self) -> str:
        """The key as `parse` reads it. Not for logs."""
        data = base64.b64encode(_ED25519 + self._key.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{data}"

    def sign(self, text: str) -> str:
        """The signed note of a text that ends in a newline."""
        signature = self.verifier.id + self._key.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {base64.b64encode(signature).decode()}\n"

    def checkpoint(self, size: int, root: bytes) -> str:
        """The signed checkpoint of a tree; its origin is the key's name."""
        return self.sign(Checkpoint(self.name, size, root).text())


class Verifier:
    """Checks what one key has signed. `str()` of it is the verify key, `<name>+<id>+<base64>`, to be handed out."""

    def __init__(self, name: str, key: Ed25519PublicKey) -> None:
        if not name or "+" in name or any(character.isspace() for character in name):
            raise NoteError(f"{name!r} is no key name: it needs a character, and neither spaces nor plus signs")
        self.name, self._key = name, key
        self._raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + _ED25519 + self._raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self._raw).decode()}"

    @classmethod
    def parse(cls, verify_key: str) -> "Verifier":
        """Reads a verify key; raises NoteError."""
        name, number, key = _key_parts(verify_key.strip())
        verifier = cls(name, Ed25519PublicKey.from_public_bytes(key))
        if verifier.id != number:
            raise NoteError("this is no verify key: its id does not belong to its name and key")
        return verifier

    def open(self, note: str) -> str:
        """The text of a note that this key signed; raises NoteError. Signatures of other keys are passed over."""
        text, gap, signatures = note.rpartition("\n\n")
        if not gap or not signatures.endswith("\n"):
            raise NoteError("this is no signed note: it has no text, empty line and signature lines")
        for line in signatures[:-1].split("\n"):
            name, _, data = line.removeprefix(_DASH).partition(" ")
            if not line.startswith(_DASH) or not name or not data:
                raise NoteError("this is no signed note: a signature line is malformed")
            if name == self.name and self._signed(f"{text}\n", data):
                return f"{text}\n"
        raise NoteError(f"the note is not signed by {self.name}+{self.id.hex()}: it is another key's, or was altered")

    def checkpoint(self, note: str) -> Checkpoint:
        """What a checkpoint signed by this key says, under this key's name as origin; raises NoteError."""
        found = Checkpoint.parse(self.open(note))
        if found.origin != self.name:
            raise NoteError(f"the checkpoint is of {found.origin!r}, not of {self.name!r}; ask for the right ledger's")
        return found

    def _signed(self, text: str, data: str) -> bool:
        try:
            raw = _decoded(data)
            if raw[:4] != self.id:
                return False
            self._key.verify(raw[4:], text.encode())
        except (binascii.Error, ValueError) as error:
            raise NoteError("this is no signed note: a signature is not base64") from error
        except InvalidSignature as error:
            raise NoteError(f"the signature by {self.name} is false: the note was altered") from error
        return True


def _decoded(text: str) -> bytes:
    """The bytes of base64 in the one spelling that it has (RFC 4648, section 3.5); raises binascii.Error for another.

    The last letter may have bits that say nothing: with one of them flipped it would decode to the same bytes.
    """
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise binascii.Error("its last letter has bits that say nothing, and are not zero")
    return raw


def _key_parts(text: str) -> tuple[str, bytes, bytes]:
    """Name, id and 32 key bytes of `<name>+<hex>+<base64>`."""
    name, _, rest = text.partition("+")
    number, _, data = rest.partition("+")
    try:
        found, raw = bytes.fromhex(number), _decoded(data)
    except (ValueError, binascii.Error) as error:
        raise NoteError("this is no Ed25519 note key: it needs <name>+<id>+<base64>") from error
    if len(found) != 4 or len(raw) != 33 or raw[:1] != _ED25519:
        raise NoteError("this is no Ed25519 note key: its id or its key has the wrong length or algorithm")
    return name, found, raw[1:]

"""The committed policy bundle: what `opa build` makes of policies/rego, in both forms, with its digests."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson

from policies.engine import EngineMissingError, WrongBundleError

HERE = Path(__file__).parent
MANIFEST = "manifest.json"
WASM = "policy.wasm"
DATA = "data.json"
ARCHIVE = "aios.tar.gz"
FILES = (WASM, DATA, ARCHIVE)


@dataclass(frozen=True)
class Bundle:
    """One policy in both forms: `wasm` and `data` for the embedded engine, `archive` (a file) for an OPA server.

    `revision` is the SHA-256 over the sources, `rules` names every rule among them.
    """

    revision: str
    rules: tuple[str, ...]
    wasm: bytes
    data: bytes
    archive: Path

    @classmethod
    def read(cls, folder: Path = HERE) -> Self:
        """Reads a folder; raises EngineMissingError where a file is missing, WrongBundleError where a digest differs."""
        try:
            manifest = orjson.loads((folder / MANIFEST).read_bytes())
            contents = {name: (folder / name).read_bytes() for name in FILES}
        except (OSError, orjson.JSONDecodeError) as fault:
            raise EngineMissingError("bundle", why=f"its files cannot be read ({fault})") from fault
        match manifest:
            case {"revision": str(revision), "rules": [*rules], "sha256": {**digests}} if revision and rules:
                pass
            case _:
                raise WrongBundleError("bundle", why=f"{MANIFEST} names not revision, rules and digests")
        if changed := [name for name in FILES if digests.get(name) != hashlib.sha256(contents[name]).hexdigest()]:
            raise WrongBundleError("bundle", why=f"{', '.join(changed)} differ from the digests in {MANIFEST}")
        return cls(
            revision=revision,
            rules=tuple(str(rule) for rule in rules),
            wasm=contents[WASM],
            data=contents[DATA],
            archive=folder / ARCHIVE,
        )

"""Sources: what code a result is due to, by the bytes of its files."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def digest_of(*folders: str) -> str:
    """SHA-256 over the code and the tables in these folders of this package, hex; read once a process."""
    home, told = Path(__file__).parent, hashlib.sha256()
    for folder in folders:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":  # lists of names and towns are code as well
                told.update(file.relative_to(home / folder).as_posix().encode())
                told.update(file.read_bytes())
    return told.hexdigest()

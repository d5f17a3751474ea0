"""The vault under faults: `fresh DIR`, `do DIR`, `check DIR acked|unacked`, for a sweep over every file operation.

`do` notes beside DIR, outside the faults, what each call returned; `check` holds the vault to every one of those notes
(what a call returned is durable, acknowledged as a whole or not), then does the work again and wants the same answers.
"""

import json
import shutil
import sys
from pathlib import Path

from aios_assets.vault import Forgotten, Vault, VaultError

MAILS = [f"person{n}@example.com" for n in range(40)]
BLOBS = [f"raw line {n};jane@example.com".encode() for n in range(5)]


def fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notes(folder).unlink(missing_ok=True)


def do(folder: Path) -> None:
    with notes(folder).open("a") as file:

        def note(what: str, **said: object) -> None:
            file.write(json.dumps({"what": what, **said}) + "\n")
            file.flush()

        vault = open_vault(folder)
        note("opened", line_key=vault.line_key)
        note("tokens", values=MAILS[:20], tokens=vault.tokens("mail", MAILS[:20]))
        note("sealed", blobs=[blob.hex() for blob in vault.seal("d1", BLOBS)])
        note("tokens", values=MAILS[10:], tokens=vault.tokens("mail", MAILS[10:]))
        gone = vault.token("mail", MAILS[0])
        note("forgetting", token=gone)
        vault.forget(gone)
        note("forgot", token=gone)
    print("ACK", flush=True)


def check(folder: Path) -> None:
    vault = open_vault(folder)
    said = [json.loads(line) for line in notes(folder).read_text().splitlines()] if notes(folder).exists() else []
    leaving = {note["token"] for note in said if note["what"] == "forgetting"}
    for note in said:
        match note["what"]:
            case "opened":
                assert vault.line_key == note["line_key"], "the keys changed"
            case "tokens":
                assert vault.tokens("mail", note["values"]) == note["tokens"], "tokens changed"
                for value, token in zip(note["values"], note["tokens"], strict=True):
                    assert token in leaving or vault.reveal(token) == value, f"{value} is lost"
            case "sealed":
                assert vault.unseal("d1", map(bytes.fromhex, note["blobs"])) == BLOBS, "sealed bytes are lost"
            case "forgot":
                refuse(vault, note["token"])
    tokens = vault.tokens("mail", MAILS)
    assert all(token in leaving or vault.reveal(token) == mail for token, mail in zip(tokens, MAILS, strict=True))
    assert vault.unseal("d1", vault.seal("d1", BLOBS)) == BLOBS
    vault.forget(tokens[0])
    refuse(vault, tokens[0])


def refuse(vault: Vault, token: str) -> None:
    try:
        vault.reveal(token)
    except Forgotten:
        return
    raise AssertionError(f"{token} was forgotten and is there")


def open_vault(folder: Path) -> Vault:
    return Vault.open(folder / "keys", folder / "lake")


def notes(folder: Path) -> Path:
    return folder.with_name(folder.name + ".notes")


if __name__ == "__main__":
    try:
        {"fresh": fresh, "do": do, "check": check}[sys.argv[1]](Path(sys.argv[2]))
    except VaultError as said_no:
        sys.exit(str(said_no))

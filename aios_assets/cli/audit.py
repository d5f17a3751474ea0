"""`aios audit`: whether the lake is what the ledger says it is, and a checkpoint to keep elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, progress, tell
from aios_assets.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Verification: ledger, signatures, logs and the bytes of every file.", no_args_is_help=True
    )
    group.command("verify", short_help="Walks ledger, signatures, logs and files")(verify)
    group.command("checkpoint", short_help="Prints the ledger's signed checkpoint and its key")(checkpoint)
    group.command("receipts", short_help="Opens published values' lines again, and compares")(receipts)
    app.add_typer(group, name="audit", short_help="Verification: ledger, signatures, logs, bytes of files")


def verify(
    kept: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that was kept elsewhere; may be repeated."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The verify key, where the keys' folder is not at hand.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walks ledger, signatures, logs and files, and names whatever is not what was decided on."""
    from aios_assets.cli.opened import key_file, ledger_file  # 0.6 s
    from aios_assets.settings import load
    from audit.checkpoint import Signer, Verifier
    from audit.sqlite_reader import SqliteReader
    from audit.verify import verify as walk

    settings = load(lake=lake)
    file = ledger_file(settings)
    notes = [_note(path) for path in kept or ()]
    secret = key_file(settings)
    if key is None and not secret.is_file():
        raise SettingsError(
            f"the ledger's key {secret}", "it is not there", "give the verify key with --key, or bring the keys back"
        )
    verifier = Verifier.parse(key) if key else Signer.kept_in(secret.parent).verifier
    found = walk(SqliteReader(file), settings.lake_folder, verifier, kept=notes, progress=_Steps())
    told = {
        "ok": found.ok,
        "size": found.size,
        "root": found.root,
        "files": found.files,
        "versions": found.versions,
        "problems": [vars(problem) for problem in found.problems],
    }
    lines = [
        (
            f"{'VERIFIED' if found.ok else 'NOT VERIFIED'}: {found.size:,} entries, {found.versions:,} versions, "
            f"{found.files:,} files"
        ),
        f"root {found.root}",
    ]
    for problem in found.problems:
        lines += [f"{problem.kind}: {problem.where}: {problem.what}", f"  do: {problem.do}"]
    tell(told, lines, as_json=as_json)
    if not found.ok:
        raise typer.Exit(SAID_NO)


def checkpoint(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; keep it away from the lake.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prints the ledger's signed checkpoint and the key that verifies it; kept elsewhere, it shows a shortened ledger."""
    from aios_assets.cli.opened import key_file, ledger_file
    from aios_assets.settings import load
    from audit.checkpoint import Signer
    from audit.sqlite_reader import SqliteReader

    settings = load(lake=lake)
    proof = SqliteReader(ledger_file(settings)).prove()
    key = str(Signer.kept_in(settings.keys_folder).verifier) if key_file(settings).is_file() else None
    if out is not None:
        if out.is_dir():
            raise SettingsError(str(out), "it is a folder", "name a file")
        out.write_text(proof.note, encoding="utf-8")
    told = {
        "note": proof.note,
        "size": proof.size,
        "root": proof.root.hex(),
        "verify_key": key,
        "file": str(out) if out else None,
    }
    kept = f"written to {out}; check with: aios audit verify --checkpoint {out}" if out else proof.note
    tell(told, [kept, f"verify key: {key or 'not here: the keys are elsewhere'}"], as_json=as_json)


def receipts(
    sample: Annotated[int, typer.Option(metavar="N", min=1, help="How many published values.")] = 1000,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 7,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes published values at random, opens their lines in the delivered files again, makes them anew and compares."""
    from aios_assets.cli.opened import act
    from aios_assets.reopen import check_receipts
    from aios_assets.runtime import Runtime  # 4 s: models answer again

    opened = act(lake)
    if opened.lake.state("listings") is None:
        raise SettingsError("table listings", "nothing of it is committed", "run the stages that make it: aios run")
    done = check_receipts(Runtime.open(opened.settings), sample, seed=seed)
    lines = [f"{done.same:,} of {done.values:,} values came out of their lines again, in {done.seconds:.1f} s"]
    lines += [
        f"{d.product} {d.field}: {d.published!r}, now {d.again!r} ({d.file}:{d.line})" for d in done.different[:20]
    ]
    tell(done.plain(), [*lines, *done.unread], as_json=as_json)
    if not done.ok:
        raise typer.Exit(SAID_NO)


class _Steps:
    """Tells progress once a step and then every ten thousand."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def __call__(self, what: str, done: int, of: int) -> None:
        step = done // 10_000
        if (what, step) != self._told:
            self._told = (what, step)
            progress(f"  {what} {done:,}{f' of {of:,}' if of else ''} …")


def _note(path: Path) -> str:
    try:
        text = path.read_text("utf-8")
    except IsADirectoryError as error:
        raise SettingsError(str(path), "it is a folder", "name the file that `aios audit checkpoint` wrote") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        raise SettingsError(str(path), why, "name the file that `aios audit checkpoint` wrote") from error
    if not text.strip():
        raise SettingsError(str(path), "it is empty", "name the file that `aios audit checkpoint` wrote")
    return text

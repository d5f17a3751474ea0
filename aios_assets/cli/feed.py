"""`aios feed`: what an unknown file is, and what could not be read of delivered ones."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from aios_assets.cli import feed_drift
from aios_assets.cli.answer import JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Feeds: look at a file before it is run, and at what was set aside.", no_args_is_help=True)
    group.command("inspect")(inspect)
    group.command("rejects")(rejects)
    feed_drift.register(group)
    app.add_typer(group, name="feed")


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A delivered file, any format.")],
    supplier: Annotated[str | None, typer.Option(help="Who delivered, where the file's name does not say it.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the guessed mapping as TOML.")] = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows format, encoding, columns and what they seem to mean, and problems by line; writes the mapping with --write."""
    from aios_assets.feeds import Limits  # 0.7 s
    from aios_assets.feeds import inspect as look_at
    from aios_assets.settings import load

    settings = load(lake=lake)
    seen = look_at(file, supplier=supplier, limits=Limits.of(settings.feeds.limits))
    told, lines = seen.plain(), seen.lines()
    told["mapping"] = None
    if write:
        target = settings.mappings / f"{seen.delivery.supplier}.toml"
        if target.exists():
            raise SettingsError(
                str(target), "a mapping is there already", "edit it, or move it away to have a new one written"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(seen.toml(), encoding="utf-8")
        told["mapping"] = str(target)
        open_ = "; answer what is unsure in it, then" if seen.guess.doubts else "; then"
        lines.append(f"mapping written to {target}{open_}: aios run {file}")
    tell(told, lines, as_json=as_json)


def rejects(
    *,
    supplier: Annotated[str | None, typer.Option(help="Only this supplier's.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the raw bytes, unsealed, one reject after another.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who exports; kept in the ledger.")] = None,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="For what reason; kept in the ledger.")
    ] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the records that were set aside on their way in, with file, line, reason and what to do."""
    import polars as pl

    from aios_assets.cli.opened import act, look

    opened = look(lake) if export is None else act(lake)
    if opened.lake.state("feed_rejects") is None:
        tell({"rejects": 0, "rules": {}, "rows": []}, ["nothing was set aside"], as_json=as_json)
        return
    rows = opened.lake.scan("feed_rejects")
    if supplier:
        rows = rows.filter(pl.col("supplier") == supplier)
    found = rows.sort("supplier", "file", "line", nulls_last=True).collect()
    shown = found.select("supplier", "sku", "file", "line", "rule", "why", "do")
    told: dict[str, Any] = {
        "rejects": found.height,
        "rules": dict(Counter(found["rule"].to_list()).most_common()),
        "rows": shown.to_dicts() if as_json else [],
    }
    lines = table(
        [["-" if cell is None else cell for cell in row] for row in shown.drop("do").head(SHOWN).rows()],
        ("supplier", "sku", "file", "line", "rule", "why"),
    )
    if found.height > SHOWN:
        lines.append(f"… {found.height - SHOWN:,} more; take --json, or `aios sql`")
    if export is not None:
        told["exported"], told["file"] = _export(opened, found, export, by, why), str(export)
        lines.append(f"{told['exported']:,} raw records in {export}; it holds what was sealed, so delete it after use")
    tell(told, lines or ["nothing was set aside"], as_json=as_json)


def _export(opened: Any, found: Any, target: Path, by: str | None, why: str | None) -> int:
    """Unseals the raw bytes into a file that only its owner reads. The ledger says so first."""
    from aios_assets.vault import Forgotten
    from audit.ledger import Entry, Kind

    if not by or not why:
        raise SettingsError(
            "--export", "it opens what was sealed, so somebody has to answer for it", "add --by NAME and --why TEXT"
        )
    if target.exists():
        raise SettingsError(str(target), "it is there already", "name a file that is not")
    deliveries: dict[str, list[str]] = {}
    for logged in opened.lake.ledger.read(kind=Kind.DELIVERY):
        deliveries.setdefault(str(logged.entry.body["file"]), []).append(str(logged.entry.body["sha256"]))
    sealed = found.drop_nulls("sealed")
    body = {"what": "rejects/export", "by": by, "why": why, "rejects": sealed.height}
    opened.lake.ledger.append(Entry(Kind.REVIEW, "feed_rejects", body, opened.lake.clock.now()))
    written = 0
    with open(target, "xb", opener=_private) as file:
        for (name,), rows in sealed.group_by("file", maintain_order=True):
            try:
                blobs = _unsealed(opened.vault, deliveries.get(str(name), []), rows["sealed"].to_list())
            except Forgotten as gone:
                progress(f"  {name}: {gone.why}")
                continue
            for blob in blobs:
                file.write(blob if blob.endswith(b"\n") else blob + b"\n")
            written += len(blobs)
    return written


def _unsealed(vault: Any, digests: list[str], sealed: list[bytes]) -> list[bytes]:
    """The bytes under the key of the delivery that they came in: several deliveries may have had one name."""
    from aios_assets.vault import Forgotten, VaultError

    for number, digest in enumerate(digests, 1):
        try:
            blobs: list[bytes] = vault.unseal(digest, sealed)
        except Forgotten:
            raise
        except VaultError:
            if number == len(digests):
                raise
        else:
            return blobs
    return []


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)

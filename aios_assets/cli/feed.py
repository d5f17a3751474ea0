"""`aios feed`: what an unknown file is, what was set aside of delivered ones, and how it comes back."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli import feed_drift
from aios_assets.cli.answer import JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    import polars as pl

    from aios_assets.cli.opened import Opened
    from aios_assets.lake import Lake

SHOWN = 50
ASIDE = ("feed_rejects", "sales_rejects")
EXPORTED = ("supplier", "sku", "file", "line", "rule", "why", "do", "raw")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula or of another cell, full-width forms too."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Feeds: look at a file before it is run, and at what was set aside.", no_args_is_help=True)
    group.command("inspect", short_help="What a file is, what its columns seem to mean")(inspect)
    group.command("rejects", short_help="Records that were set aside on their way in, and why")(rejects)
    feed_drift.register(group)
    group.command("redrive", short_help="Reads what was set aside again, after a mapping fix")(redrive)
    app.add_typer(group, name="feed", short_help="Look at a file before it is run, and at what was set aside")


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
    elif seen.guess.doubts:
        lines.append(
            f"next: aios feed inspect {file} --write makes a mapping in which the open questions are to be answered"
        )
    else:
        lines.append(f"next: aios run {file} reads it like this; --write puts it into a mapping that can be edited")
    tell(told, lines, as_json=as_json)


def rejects(
    *,
    supplier: Annotated[str | None, typer.Option(help="Only this supplier's.")] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the raw bytes, unsealed, one reject after another."),
    ] = None,
    as_table: Annotated[
        bool, typer.Option("--table", help="Export a CSV table with reasons instead; no cell of it is a formula.")
    ] = False,
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
    kept = ("supplier", "sku", "file", "file_sha256", "line", "rule", "why", "do", "row", "sealed")
    scans = [opened.lake.scan(name) for name in ASIDE if opened.lake.state(name) is not None]
    if not scans:
        tell({"rejects": 0, "rules": {}, "rows": []}, ["nothing was set aside"], as_json=as_json)
        return
    # A sales line is known by its invoice; what stands there for the SKU is in its row.
    rows = pl.concat(
        [
            scan.select(
                (pl.col(name) if name in scan.collect_schema() else pl.lit(None, dtype=pl.String)).alias(name)
                for name in kept
            )
            for scan in scans
        ]
    )
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
        told["exported"], told["file"] = _export(opened, found, export, by, why, as_table=as_table), str(export)
        lines.append(f"{told['exported']:,} raw records in {export}; it holds what was sealed, so delete it after use")
    tell(told, lines or ["nothing was set aside"], as_json=as_json)


def _export(
    opened: "Opened", found: "pl.DataFrame", target: Path, by: str | None, why: str | None, *, as_table: bool
) -> int:
    """Unseals the raw bytes into a file that only its owner reads. The ledger says so first."""
    from aios_assets.vault import Forgotten
    from audit.ledger import Entry, Kind

    if not by or not why:
        raise SettingsError(
            "--export", "it opens what was sealed, so somebody has to answer for it", "add --by NAME and --why TEXT"
        )
    if target.exists():
        raise SettingsError(str(target), "it is there already", "name a file that is not")
    wanted = found if as_table else found.drop_nulls("sealed")
    body = {"what": "rejects/export", "by": by, "why": why, "rejects": wanted.height}
    opened.lake.ledger.append(Entry(Kind.REVIEW, "feed_rejects", body, opened.lake.clock.now()))
    raw: dict[tuple[str, int], bytes] = {}
    for (digest, name), rows in wanted.drop_nulls("sealed").group_by("file_sha256", "file", maintain_order=True):
        try:
            blobs = opened.vault.unseal(str(digest), rows["sealed"].to_list())
        except Forgotten as gone:
            progress(f"  {name}: {gone.why}")
            continue
        raw |= {(str(digest), line): blob for line, blob in zip(rows["line"], blobs, strict=True)}
    with open(target, "xb", opener=_private) as file:
        if not as_table:
            file.writelines(blob if blob.endswith(b"\n") else blob + b"\n" for blob in raw.values())
            return len(raw)
        told = io.TextIOWrapper(file, "utf-8", newline="")
        writer = csv.writer(told)
        writer.writerow(EXPORTED)
        for row in wanted.iter_rows(named=True):
            blob = raw.get((row["file_sha256"], row["line"]))
            text = row["row"] if blob is None else blob.decode("utf-8", "backslashreplace").rstrip("\r\n")
            writer.writerow([defused(text if name == "raw" else row[name]) for name in EXPORTED])
        told.flush()
    return wanted.height


def defused(cell: object) -> str:
    """A cell that a spreadsheet shows and does not carry out: what could begin a formula stands behind an apostrophe."""
    text = "" if cell is None else str(cell).replace("\0", "\\0")
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff")[:1] in FORMULA else text


def redrive(
    *,
    supplier: Annotated[str | None, typer.Option(help="Only this supplier's.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who re-drives; kept in the ledger.")] = None,
    profile: Annotated[str | None, typer.Option(help="How strict: pilot, scale or run.")] = None,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reads what was set aside again, with the mapping now in force, through the ordinary stages and the gate."""
    from aios_assets.cli.opened import act, look
    from aios_assets.cli.run import finish
    from aios_assets.settings import load
    from audit.ledger import Entry, Kind

    if not by:
        raise SettingsError(
            "--by", "what was refused once comes in again, so somebody has to answer for it", "add --by NAME"
        )
    before = waiting(look(lake).lake, supplier)
    if not before:
        tell({"waiting": 0, "mended": 0, "still_aside": 0, "run": None}, ["nothing is set aside"], as_json=as_json)
        return
    opened = act(lake)
    body = {"what": "rejects/redrive", "by": by, "supplier": supplier or "", "rejects": before}
    opened.lake.ledger.append(Entry(Kind.REVIEW, "feed_rejects", body, opened.lake.clock.now()))
    progress(f"  {before:,} rows set aside; starting …")
    from aios_assets.catalogue import run_catalogue  # 4 s: Dagster, the stages, the models

    settings = load(lake=lake, profile=profile)
    ran = run_catalogue(settings, supplier=supplier or "", redrive=True, say=progress)
    after = waiting(look(lake).lake, supplier)
    told = {"waiting": before, "mended": max(0, before - after), "still_aside": after, "run": ran.plain()}
    finish(ran, told, settings, [f"{before:,} were set aside, {after:,} still are", ""], as_json=as_json)


def waiting(lake: "Lake", supplier: str | None) -> int:
    """How many delivered rows are set aside, of all suppliers or of one."""
    import polars as pl

    rows = [lake.scan(name).select("supplier") for name in ASIDE if lake.state(name) is not None]
    found = pl.concat(rows).collect()["supplier"] if rows else pl.Series([], dtype=pl.String)
    return len(found) if supplier is None else int((found == supplier).sum())


def _private(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)

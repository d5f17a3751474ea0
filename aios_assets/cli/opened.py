"""Opened: a lake that is there, for commands that look and for commands that write. Neither makes one.

Opening costs a tenth of what a whole Runtime does: no Dagster, no suite, no models.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from aios_assets.errors import SettingsError
from aios_assets.lake import Lake
from aios_assets.settings import Settings, load
from aios_assets.vault import Vault
from audit.checkpoint import Signer
from audit.clock import SystemClock
from audit.errors import LedgerError
from audit.ledger import Entry, Logged
from audit.sqlite import SqliteLedger
from audit.sqlite_reader import SqliteReader


class NoLake(SettingsError):
    """There is no lake where one was looked for."""


class ReadLedger(SqliteReader):
    """A ledger that is only read."""

    def append(self, *entries: Entry) -> tuple[Logged, ...]:
        """Raises LedgerError: who looks does not write."""
        raise LedgerError(f"the ledger {self.path} was opened to be read; {len(entries)} entries were not appended")


@dataclass(frozen=True)
class Opened:
    """A lake's tables and ledger, and its vault on first use."""

    settings: Settings
    lake: Lake

    @cached_property
    def vault(self) -> Vault:
        """The lake's vault. Raises VaultError."""
        if not (self.settings.keys_folder / "master.key").is_file():
            raise SettingsError(
                f"the keys' folder {self.settings.keys_folder}",
                "it holds no master.key, so nothing sealed can be read",
                "name the folder that belongs to this lake: AIOS_KEYS, or [secrets] keys in aios.toml",
            )
        return Vault.open(self.settings.keys_folder, self.settings.lake_folder)


def look(lake: str | None) -> Opened:
    """The lake to look at. Raises NoLake where there is none."""
    settings = load(lake=lake)
    return Opened(settings, Lake(settings.lake_folder, ReadLedger(ledger_file(settings)), SystemClock()))


def act(lake: str | None) -> Opened:
    """The lake to write to. Raises NoLake where there is none, SettingsError where its signing key is missing."""
    settings = load(lake=lake)
    file, key = ledger_file(settings), key_file(settings)
    if not key.is_file():
        raise SettingsError(
            f"the ledger's key {key}", "it is missing, and a new one could not sign on", "bring the keys' folder back"
        )
    ledger = SqliteLedger(file, Signer.kept_in(settings.keys_folder))
    return Opened(settings, Lake(settings.lake_folder, ledger, SystemClock()))


def ledger_file(settings: Settings) -> Path:
    """The ledger's file. Raises NoLake where there is none."""
    file = settings.lake_folder / "_ledger" / "ledger.db"
    if not file.is_file():
        folder = settings.lake_folder
        why = "there is no such folder" if not folder.exists() else "it holds no ledger, so it is no lake"
        raise NoLake(
            f"lake {folder}",
            why,
            f"`aios run FEED… --lake {folder}` makes one from delivered files; `aios example DIR` writes some to try",
        )
    return file


def key_file(settings: Settings) -> Path:
    """The ledger's signing key."""
    return settings.keys_folder / "aios-ledger.key"


def pairs(given: list[str] | None, option: str) -> Mapping[str, str]:
    """`NAME=VALUE` arguments as a mapping. Raises SettingsError."""
    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            _wrong(option, one)
        found[name.strip()] = value.strip()
    return found


def _wrong(option: str, one: str) -> NoReturn:
    raise SettingsError(option, f"{one!r} is not NAME=VALUE", f"write it as {option} NAME=VALUE")


def inside(lake: Lake, table: str) -> None:
    """Raises SettingsError for what is neither a table that the ledger knows nor a Delta table in the lake's folder."""
    names, folder = lake.tables.names, lake.root / table
    stranger = folder.parent == lake.root and (folder / "_delta_log").is_dir()
    if table not in names and not (table and ".." not in table and stranger):
        raise SettingsError(f"table {table}", "there is no such table", f"name one of {', '.join(names) or 'none yet'}")

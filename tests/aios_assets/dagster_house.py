"""A Dagster instance over a lake of its own, with feeds, and stages that can be made to fail."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from alembic.script import ScriptDirectory

from aios_assets.definitions import definitions
from aios_assets.runtime import Runtime
from aios_assets.settings import Settings, load

# Dagster opens a database for each run, and alembic reads all migrations for each database: a third of a second each.
ScriptDirectory.from_config = cache(ScriptDirectory.from_config)  # type: ignore[method-assign]

GOODS = ("Garden Hose", "Desk Lamp", "Travel Kettle", "Wool Blanket", "Bread Knife", "Door Mat")


def at_rest(file: Path) -> None:
    """Lets a file look as if it had been written a minute ago: it is not waited for."""
    os.utime(file, (file.stat().st_mtime - 60,) * 2)


@dataclass(frozen=True)
class House:
    """One lake, its instance and its definitions."""

    home: Path
    instance: dg.DagsterInstance
    wired: dg.Definitions

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return load(self.home)

    def feed(self, rows: int) -> str:
        """A delivery of so many goods."""
        file = self.home / "north.csv"
        lines = [f"{n},Acme {GOODS[n % 6]} {n * 7} AX-{n},Acme,{n + 1}.50,EUR" for n in range(rows)]
        file.write_text("\n".join(["sku,title,brand,price,currency", *lines]) + "\n", encoding="utf-8")
        at_rest(file)
        return str(file)

    def run(self, *files: str, only: tuple[str, ...] = ("records",)) -> dg.ExecuteInProcessResult:
        """One run of the catalogue job, of these stages."""
        config: dict[str, Any] = {"ops": {"records": {"config": {"files": list(files), "supplier": ""}}}}
        return self.wired.resolve_job_def("catalogue").execute_in_process(
            instance=self.instance,
            run_config=config if "records" in only else {},
            asset_selection=[dg.AssetKey(name) for name in only],
            raise_on_error=False,
        )


@contextmanager
def house(home: Path, patch: pytest.MonkeyPatch, *, profile: str = "run") -> Iterator[House]:
    """A house below `home`; the environment is as it was once it is left."""
    for name, value in {
        "AIOS_LAKE": str(home / "lake"),
        "AIOS_KEYS": str(home / "keys"),
        "AIOS_PROFILE": profile,
        "DAGSTER_HOME": str(home / "dagster"),
    }.items():
        patch.setenv(name, value)
    patch.chdir(home)
    wired = definitions(load(home))
    assert os.environ["DAGSTER_HOME"] == str(home / "dagster")
    with dg.DagsterInstance.get() as instance:
        yield House(home, instance, wired)


def runtime(of: House) -> Runtime:
    """What the assets work with."""
    return Runtime.here(of.settings)

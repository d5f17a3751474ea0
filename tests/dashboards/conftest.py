"""The lake that the pages are tested over."""

import sys
from collections.abc import Iterator

import pytest
from shown_lake import Lake, feed, merged, ran

from aios_assets.cli.opened import look
from aios_assets.runtime import Runtime
from aios_assets.settings import load


@pytest.fixture(autouse=True)
def main_stays_main() -> Iterator[None]:
    """Streamlit's runner puts the page in the place of `__main__` and leaves it there; a process spawned later would run it."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake after three runs, the last of them refused."""
    home = tmp_path_factory.mktemp("dashboards")
    pilot = Runtime.open(load(home, lake=str(home / "lake"), profile="pilot"))
    ran(pilot, "run-one", feed(home / "north.csv", 0, 30), feed(home / "south.csv", 10, 40, dearer=30))
    merged(pilot, "12", "20")
    ran(pilot, "run-two", feed(home / "south.csv", 10, 41, broken=2, dearer=30))
    strict = Runtime.open(load(home, lake=str(home / "lake"), profile="run"))
    ran(strict, "run-three", feed(home / "north.csv", 0, 2))
    for runtime in (pilot, strict):
        runtime.vault.close()  # else SQLite folds its log into the file when the collector comes by
    return Lake(home / "lake", look(str(home / "lake")))


@pytest.fixture
def lake(governed: Lake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """The lake, as the one that the pages look at; its keys are out of their reach."""
    monkeypatch.setenv("AIOS_LAKE", str(governed.folder))
    keys = governed.folder.with_name("lake.keys")
    away = keys.rename(keys.with_name("elsewhere"))
    yield governed
    away.rename(keys)

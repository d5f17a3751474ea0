"""What the command line's tests share: one small lake, and the program called in this process."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aios_assets.cli import main
from aios_assets.runtime import Runtime
from tests.aios_assets.small_lake import run_chain, settings_in, write_feeds


@dataclass(frozen=True)
class Said:
    """What a command said: exit code, both streams."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


Aios = Callable[..., Said]


@pytest.fixture
def aios(capsys: pytest.CaptureFixture[str]) -> Aios:
    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        streams = capsys.readouterr()
        assert "Traceback" not in streams.out + streams.err
        return Said(code, streams.out, streams.err)

    return call


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with feeds and a lake made of them. To be read; who writes takes `own`."""
    folder = tmp_path_factory.mktemp("home")
    runtime = Runtime.open(settings_in(folder))
    attempts = run_chain(runtime, write_feeds(folder / "feeds"))
    assert not [attempt.stage for attempt in attempts if attempt.refused]
    runtime.lake.ledger.close()
    runtime.vault.close()
    return folder


@pytest.fixture
def lake(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lake, with its folder as the place where commands are called."""
    _clean(monkeypatch)
    monkeypatch.chdir(home)
    return home / "lake"


@pytest.fixture
def own(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the lake that a test may change."""
    _clean(monkeypatch)
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    monkeypatch.chdir(copy)
    return copy / "lake"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to call commands in."""
    _clean(monkeypatch)
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIOS_LAKE", "AIOS_KEYS", "AIOS_PROFILE", "AIOS_OPA_URL", "OPENLINEAGE_URL"):
        monkeypatch.delenv(name, raising=False)

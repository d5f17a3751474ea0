"""A contract whose columns change gets another version: a lake that was made before is refused otherwise."""

import json
from pathlib import Path

from aios_assets.definitions import stages
from aios_assets.settings import load

KNOWN = Path(__file__).parent / "contract_versions.json"
"""Stage -> version -> its columns and their types, as they were once published. Lines are added, never changed."""


def shapes(home: Path) -> dict[str, tuple[str, dict[str, str]]]:
    told = {}
    for stage in stages(load(home)):
        columns = {name: str(dtype) for name, dtype in stage.contract.schema.items()}
        told[stage.name] = (str(stage.contract.version), columns)
    return told


def test_columns_are_those_of_their_version(tmp_path: Path) -> None:
    known = json.loads(KNOWN.read_text())
    for name, (version, columns) in shapes(tmp_path).items():
        assert version in known.get(name, {}), f"add {name} version {version} to {KNOWN.name}"
        assert columns == known[name][version], f"{name}'s columns changed: raise its contract's version"

"""The example of a shop's own stage: called with plain frames, and through a governed run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from serving.gateway import Gateway
from serving.local.attributes import OneAttribute
from serving.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "my_shop"


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(SHOP))
    return SHOP


def test_a_stage_is_a_function_of_plain_frames(shop: Path) -> None:
    from my_shop.stages import colour

    products = pl.DataFrame(
        {"supplier": ["a", "a"], "sku": ["1", "2"], "title": ["Kettle, stainless steel, red", "Kettle 1.7 l"]}
    )
    made = colour(products, models=Gateway((OneAttribute(),), Registry.load())).unnest("colour")
    assert made["value"].to_list() == ["red", None]
    assert made["evidence"].to_list() == ["red", None]


@pytest.mark.slow
def test_a_shops_stage_is_governed_like_the_rest(tmp_path: Path) -> None:
    (tmp_path / "aios.toml").write_text((SHOP / "aios.toml").read_text())
    feed = tmp_path / "acme.csv"
    titles = ["Kettle, red", "Kettle, blue", "Kettle 1.7 l", "Kettle, turquoise"]
    rows = [(f"A-{number}", title, f"{10 + number}.50", "Acme") for number, title in enumerate(titles * 5)]
    pl.DataFrame(rows, schema=["sku", "title", "price", "brand"], orient="row").write_csv(feed)
    told = run(tmp_path, str(feed))
    table = told["tables"]["colour"]
    assert table["admitted"]
    assert (table["rows"], table["quarantined"]) == (15, 5)  # turquoise is not in the shop's palette


def run(folder: Path, *arguments: str) -> dict[str, dict[str, dict[str, object]]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("AIOS_", "DAGSTER_"))}
    done = subprocess.run(
        [sys.executable, "-c", "from aios_assets.cli import main; main()", "run", *arguments, "--json"],
        cwd=folder,
        env=environment | {"PYTHONPATH": f"{ROOT}{os.pathsep}{SHOP}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answered: dict[str, dict[str, dict[str, object]]] = json.loads(done.stdout)
    return answered

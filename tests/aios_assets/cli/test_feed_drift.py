"""`aios feed drift|accept` in a real lake: refused in words, accepted by somebody, and the run goes through."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aios_assets.core_fixtures import kettles

HEADER = "sku,title,description,brand,price"


def deliver(folder: Path, name: str, *, header: str = HEADER, start: int = 0, count: int = 150) -> Path:
    rows = [",".join(row[name] for name in HEADER.split(",")) for row in kettles(count, start=start)]
    (folder / name).write_text("\n".join([header, *rows]) + "\n")
    return folder / name


def run(folder: Path, *arguments: object) -> tuple[int, Any]:
    command = [sys.executable, "-m", "aios_assets.cli", *map(str, arguments), "--json"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("AIOS_", "OPENLINEAGE"))}
    here = str(Path(__file__).parents[3])
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**bare, "PYTHONPATH": here}, check=False
    )
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else done.stderr


@pytest.mark.slow
def test_a_renamed_column_is_refused_accepted_and_then_runs(nowhere: Path) -> None:
    stages = ("--stages", "records,products", "--profile", "run")
    assert run(nowhere, "run", deliver(nowhere, "acme.csv"), *stages)[0] == 0
    assert run(nowhere, "run", deliver(nowhere, "acme_2.csv", start=4), *stages)[0] == 0  # benign
    bad = deliver(nowhere, "acme_3.csv", header=HEADER.replace("price", "unit_price"))
    code, told = run(nowhere, "run", bad, *stages)
    assert (code, {one["rule"] for one in told["refusals"]}) == (3, {"feed/shape-kept"})
    assert "`price` is now `unit_price`: 100% of values equal" in told["refusals"][0]["why"]
    assert told["tables"]["records"]["version"] == 1
    (shown,) = run(nowhere, "feed", "drift", "acme")[1]["deliveries"]
    assert (shown["outcome"], shown["drifts"][0]["patch"]) == ("refused", ['price = "unit_price"'])
    assert run(nowhere, "feed", "accept", "acme")[0] == 2
    code, accepted = run(nowhere, "feed", "accept", "acme", "--by", "ann", "--why", "told by mail")
    assert (code, accepted["patch"]) == (0, ['price = "unit_price"'])
    assert 'price = "unit_price"' in Path(accepted["mapping"]).read_text()
    code, told = run(nowhere, "run", bad, *stages)
    assert (code, told["refusals"], told["tables"]["records"]["version"]) == (0, [], 2)
    outcomes = "SELECT outcome, patch FROM drifts WHERE kind = 'renamed' ORDER BY ledger_index"
    rows = run(nowhere, "sql", outcomes)[1]["rows"]
    assert rows[-1] == ["accepted", 'price = "unit_price"']
    cut = deliver(nowhere, "acme_4.csv", header=HEADER.replace("price", "unit_price"), count=2)
    code, told = run(nowhere, "run", cut, *stages)
    assert (code, "2 records, 150 before (-99%)" in str(told["refusals"])) == (3, True)
    assert run(nowhere, "audit", "verify")[0] == 0


def test_nothing_delivered_says_so(aios, own: Path) -> None:
    told = aios("feed", "drift", "--json").told["deliveries"]
    assert {one["supplier"] for one in told} == {"acme", "bestco"}
    assert "the first delivery" in aios("feed", "drift").out
    assert aios("feed", "drift", "nobody").code == 2
    said = aios("feed", "accept", "acme", "--by", "ann", "--why", "so")
    assert (said.code, "nothing to accept" in said.err) == (2, True)
    assert aios("feed", "accept", "acme").code == 2

"""Many writers, killed at random: nothing acknowledged is lost and nothing is there twice."""

from pathlib import Path
from typing import Any

import pytest
from faults_writers import race


def right(found: dict[str, Any], commits: int) -> bool:
    assert (found["in_doubt"], found["lost"], found["missing"], found["twice"]) == (0, 0, 0, 0), found
    assert found["versions"] == found["committed"] == commits + 1, found  # and the empty first one
    assert found["verified"], found
    return found["deaths"] > 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_four_writers_that_die_and_come_back(tmp_path: Path) -> None:
    assert right(race(tmp_path, writers=4, commits=10, seed=7), 40)

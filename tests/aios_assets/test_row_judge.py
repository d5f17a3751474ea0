"""Rows: the gate's row rules part a frame; a fault of the engine parts nothing."""

from typing import Any

import polars as pl
from core_fixtures import embedded

from aios_assets.rows import RowJudge
from aios_assets.split import DO, RULE, WHY
from policies.contract import FINGERPRINT, Column, Contract
from policies.engine import ROWS, EngineMissingError, Identity
from policies.gate import Gate

NOTED = Contract(key="id", columns=(Column("id", pl.String), Column("note", pl.String, answered=True)))


class Absent:
    """An engine that is not there when rows are to be judged."""

    @property
    def identity(self) -> Identity:
        return embedded().identity

    def decide(self, entrypoint: str, document: bytes) -> Any:
        if entrypoint == ROWS:
            raise EngineMissingError("test", why="nobody answers")
        return embedded().decide(entrypoint, document)


def noted(*confidences: float | None) -> pl.DataFrame:
    """Rows whose notes are so sure of themselves."""
    rows = pl.DataFrame({"id": [str(n) for n in range(len(confidences))], "note__confidence": list(confidences)})
    return rows.select(
        "id",
        pl.lit("warm").alias("note"),
        pl.lit("rule:x").alias("note__by"),
        pl.col("note__confidence").cast(pl.Float64),
        pl.lit(None, dtype=pl.String).alias("note__evidence"),
        pl.lit(1, dtype=pl.Int64).alias(FINGERPRINT),
    )


def test_rows_are_parted_with_rule_reason_and_remedy() -> None:
    judge = RowJudge(Gate(embedded(), "pilot"), NOTED)
    admitted, refused = judge(noted(0.9, 0.4, 0.9, None, 0.1))
    assert admitted["id"].to_list() == ["0", "2"]
    assert refused["id"].to_list() == ["1", "3", "4"]
    assert set(refused[RULE]) == {"evidence/confidence-floor"}
    assert refused.select(WHY, DO).null_count().row(0) == (0, 0)
    assert judge.fault is None


def test_without_an_answer_nothing_is_parted_and_the_fault_is_kept() -> None:
    judge = RowJudge(Gate(Absent(), "pilot"), NOTED)
    admitted, refused = judge(noted(0.9, 0.1))
    assert (admitted.height, refused.height) == (2, 0)
    assert judge.fault is not None
    judge(noted())
    assert judge.fault is not None

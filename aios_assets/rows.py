"""Rows: what the gate's row rules say of a stage's rows, as rows admitted and rows set aside."""

from collections.abc import Mapping

import polars as pl

from aios_assets.split import TOLD
from policies.contract import Contract
from policies.gate import Gate
from policies.verdict import Finding

Reasons = Mapping[int, tuple[str, str, str]]
"""Row number -> rule, why, do."""


class RowJudge:
    """Parts rows by the gate's row rules. A `fault` of the engine judges nothing: the whole attempt is refused by it."""

    def __init__(self, gate: Gate, contract: Contract) -> None:
        self._gate, self._contract = gate, contract
        self.fault: Finding | None = None

    def __call__(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(rows admitted, rows refused with columns TOLD)."""
        verdict = self._gate.rows(rows, self._contract)
        if verdict.fault is not None:
            self.fault = verdict.fault
            return rows, _with_reasons(rows.clear(), {})
        reasons: dict[int, tuple[str, str, str]] = {}
        for refusal in verdict.refusals:
            for row in refusal.rows.to_list():
                reasons.setdefault(row, (refusal.rule, refusal.why, refusal.do))
        refused = verdict.refused
        return rows.filter(~refused), _with_reasons(rows.filter(refused), reasons)


def _with_reasons(rows: pl.DataFrame, reasons: Reasons) -> pl.DataFrame:
    told = [reasons[row] for row in sorted(reasons)]
    return rows.with_columns(
        pl.Series(name, [reason[at] for reason in told], dtype=pl.String) for at, name in enumerate(TOLD)
    )

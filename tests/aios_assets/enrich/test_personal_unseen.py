"""Five hundred lines written before the detectors were looked at: what is personal in them is found, and goods are nobody.

The floors stand a little below what was measured; the sealed half is known by number only (see `unseen/marked.py`).
"""

import polars as pl
import pytest

from aios_assets.enrich import personal, secrets
from tests.aios_assets.enrich.unseen.marked import FOLDER, Half, score


@pytest.mark.parametrize(("half", "recall", "precision"), [("open", 0.94, 0.97), ("sealed", 0.86, 0.96)])
def test_lines_that_no_detector_was_written_from(half: Half, recall: float, precision: float) -> None:
    overall = score(half).overall
    assert (overall.recall or 0) >= recall
    assert (overall.precision or 0) >= precision


def test_what_a_catalogue_says_is_nobody() -> None:
    goods = pl.Series((FOLDER / "goods.txt").read_text(encoding="utf-8").splitlines())
    found = personal.find(goods)
    assert found["row"].n_unique() <= 0.03 * len(goods), found["text"].to_list()
    assert secrets.find(goods).is_empty()


@pytest.mark.parametrize(
    "parts",
    [
        ("AKIA", "Q3EGRXL7W2M5T4ZB"),
        ("ghp_", "a8Kd92LmQx7RtVb31NcYpZ0sWeUi45GhJfTq"),
        ("sk_live_", "51HbQ7nLx9TzVm2KpRw8Yc4D"),
        ("xoxb-", "8812345678-7712345678-Qw9LzXc3VbNm7KjHgFdS"),
        ("glpat-", "x9Lq_2TzVm8KpRw4Yc7D"),
        ("AIza", "SyD9xQ7nLkTzVm2KpRw8Yc4DbE6FgH1JmN0"),
        ("SG.", "Qw9LzXc3VbNm7KjHgFdSaP", ".", "x9Lq2TzVm8KpRw4Yc7DbE6FgH1JmN0sUiOpAzXcVbNm"),
        ("shpat_", "9f86d081884c7d659a2feaa0c55ad015"),
        ("npm_", "Zx9Lq2TzVm8KpRw4Yc7DbE6FgH1JmN0sUiOp"),
        ("hf_", "Zx9LqTzVmKpRwYcDbEFgHJmNsUiOpAzXcV"),
        ("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIB\n-----END RSA ", "PRIVATE KEY-----"),
        ("postgres://shop:", "h7Tz!kQ2", "@db.example.com/prod"),
        ("password", ": Sommer2026!"),
        ("Authorization: Bearer ", "q8Zx7Lq2TzVm8KpRw4Yc7DbE"),
    ],
)
def test_keys_of_those_who_issue_them_are_secrets(parts: tuple[str, ...]) -> None:
    assert secrets.count(pl.Series([f"note: {''.join(parts)} please rotate"])) == 1

"""Lines read by template are what the slow reader makes of them."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aios_assets.feeds import Limits, open_delivery, read, templates

QUICK = Limits(settle_seconds=0, cell_bytes=200)
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(
        ['"', "\\", "\\\\", '\\"', "\u0000", "\ud800", "é", "x" * 300, '", "price": "', "\n", "/", "1 ", "\u2028"]
    ),
)
LINES = st.lists(
    st.tuples(
        VALUES,
        VALUES,
        VALUES,
        st.booleans(),
        st.sampled_from(["", "", "", "", " ", "\r", "x", "}", '"']),
    ),
    max_size=12,
)


def read_all(path: Path) -> tuple[list[dict[str, object]], list[tuple[object, ...]]]:
    found = list(read(open_delivery(path, limits=QUICK)))
    rows = pl.concat([batch.rows for batch in found], how="diagonal")
    rejects = pl.concat([batch.rejects for batch in found])
    told = [{name: row[name] for name in sorted(row) if row[name] is not None} for row in rows.rows(named=True)]
    return told, rejects.rows()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_fast_and_slow_agree(tmp_path: Path, lines: list[tuple[object, object, object, bool, str]]) -> None:
    written = [f'{{"sku": "{number}", "title": "plain", "price": 1.50}}' for number in range(3)]
    for sku, title, price, ascii_only, behind in lines:
        text = json.dumps({"sku": sku, "title": title, "price": price}, ensure_ascii=ascii_only)
        written.append(text + behind)
    path = tmp_path / "feed.jsonl"
    path.write_bytes("\n".join(written).encode("utf-8", "surrogatepass"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "TRIES", 0)
        slow = read_all(path)
        patch.setattr(templates, "TRIES", 20)
        patch.setattr(templates, "WORTH", 1)
        assert read_all(path) == slow


def test_alike_lines_take_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"sku": str(number), "price": number, "title": 'a "b" é'}) for number in range(500)]
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join(lines))
    parsed = []
    parse = templates.parse
    monkeypatch.setattr(templates, "parse", lambda text, limits: parsed.append(text) or parse(text, limits))
    monkeypatch.setattr(
        "aios_assets.feeds.jsonl.parse", lambda text, limits: parsed.append(text) or parse(text, limits)
    )
    rows, rejects = read_all(path)
    assert len(parsed) <= 2 * templates.TRIES
    assert [row["price"] for row in rows] == [str(number) for number in range(500)]
    assert {row["title"] for row in rows} == {'a "b" é'}
    assert rejects == []


def test_an_empty_object_among_alike_lines_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    lines = [f'{{"sku": "{number}", "title": "plain"}}' for number in range(40)]
    path.write_text("\n".join([*lines[:6], "{}", *lines[6:]]))
    told, rejects = read_all(path)
    assert rejects == []
    assert [row.get("sku") for row in told] == ["0", "1", "2", "3", "4", "5", None, *map(str, range(6, 40))]

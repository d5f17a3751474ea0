import pytest

from aios_assets.evaluate.pairs import _cells, _records, evaluate
from aios_assets.evaluate.tables import TableError


def pairs(count: int, *, start: int = 0) -> str:
    lines = []
    for at in range(start, start + count):
        match = at % 4 == 0
        other = at if match else at + 1
        left = (
            f"COL title VAL acme lamp {at * 31 % 97} series {at} COL manufacturer VAL acme COL price VAL {10 + at}.5 "
        )
        title = f"lamp {other * 31 % 97} by acme series {other}"
        right = f"COL title VAL {title} COL manufacturer VAL  COL price VAL {10 + other}.0 "
        lines.append(f"{left}\t{right}\t{int(match)}")
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_labelled_pairs_teach(tmp_path):
    train, test = tmp_path / "train.txt", tmp_path / "test.txt"
    train.write_text(pairs(300))
    test.write_text(pairs(100, start=300))
    result = evaluate(test, train_on=train)
    assert result.plain()["kind"] == "pairs"
    assert result.pairs == 100
    assert result.hit.f1 > 0.9
    assert evaluate(test, train_on=train).plain()["f1"] == result.plain()["f1"]


def test_without_labels_the_evidence_is_weighed_as_it_is(tmp_path):
    test = tmp_path / "test.txt"
    test.write_text(pairs(200))
    assert evaluate(test).trained_on == 0


def test_columns_that_no_field_is_called_by_are_read_as_well():
    pair = (
        {"beer_name": "red ale", "brew_factory_name": "acme brewing", "abv": "5 %"},
        {"beer_name": "red ale", "abv": "6 %"},
    )
    records, keyed = _records([pair, pair])
    assert records["title"].to_list() == ["red ale", "red ale"]
    assert records["attributes"].to_list() == ["acme brewing 5 %", "6 %"]
    assert keyed.rows() == [("left", "000000000", "right", "000000001")] * 2
    cells = _cells([pair])
    assert cells.shape == (1, 3)
    assert cells[0, 1:].tolist() == [100, -1]
    assert 0 <= cells[0, 0] < 100


@pytest.mark.parametrize("text", ["", "a\tb\n", "COL title VAL a\tCOL title VAL b\t2\n"])
def test_lines_that_are_no_labelled_pairs_are_refused(tmp_path, text):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(TableError):
        evaluate(path)

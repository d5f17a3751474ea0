import polars as pl
import pytest

from aios_assets.evaluate.gold import cluster_pairs, pairs_of
from aios_assets.evaluate.tables import TableError, read_table, records_of

LEFT, RIGHT = pl.Series(["a", "b", "c"]), pl.Series(["1", "2", "3"])


def gold(tmp_path, text: str) -> list[tuple[str, str]]:
    path = tmp_path / "gold.csv"
    path.write_text(text)
    return pairs_of(read_table(path), LEFT, RIGHT).rows()


@pytest.mark.parametrize(
    "text",
    [
        "D1,D2\na,1\nb,2\n",
        "idDBLP\tidACM\na\t1\nb\t2\n",
        "right;left\n1;a\n2;b\n",
        "_id,ltable_id,rtable_id,label\n0,a,1,1\n1,a,2,0\n2,b,2,1\n",
        "# how it was made\n# in two lines\nltable_id,rtable_id\na,1\nb,2\n",
        "a,1\nb,2\n",
        "\ufeffid_l|id_r\r\na|1\r\nb|2\r\n",
        '"id_l" , "id_r"\n"a","1"\n"b","2"\n',
    ],
)
def test_gold_is_read_however_its_columns_are_called(tmp_path, text):
    assert gold(tmp_path, text) == [("a", "1"), ("b", "2")]


def test_a_header_alone_says_that_nothing_matches(tmp_path):
    assert gold(tmp_path, "left,right\n") == []


@pytest.mark.parametrize("text", ["", "\n", "ids\na\n", "left,right\nx,y\n", "left,right\na,9\n", "a,b\n1,2,3,4\n"])
def test_broken_gold_says_what_is_wrong(tmp_path, text):
    with pytest.raises(TableError) as told:
        gold(tmp_path, text)
    assert told.value.do


def test_matching_never_sees_the_cluster_column():
    frame = pl.DataFrame(
        {"rid": ["1", "2", "3"], "text": ["red lamp", "lamp red", "blue cup"], "entity": ["x", "x", "y"]}
    )
    records = records_of(frame, supplier="left", but=("entity",))
    assert "x" not in " ".join(records["attributes"].fill_null("").to_list() + records["title"].to_list()).split()
    assert cluster_pairs(frame, "entity").rows() == [("1", "2")]
    with pytest.raises(TableError):
        cluster_pairs(frame, "no such column")


def test_a_column_of_long_bare_numbers_measures_nothing_and_is_kept():
    table = pl.DataFrame(
        {"id": ["1", "2"], "name": ["ada", "max"], "born": ["19551012", "1960"], "depth": ["3.5", "12"]}
    )
    assert records_of(table, supplier="left")["attributes"].to_list() == ["19551012", "1960"]


def test_columns_without_a_field_are_kept_as_text_but_for_measures():
    frame = pl.DataFrame(
        {
            "id": ["1", "2"],
            "Song_Name": ["one", None],
            "Artist": ["Ann Berg", "Bo Dahl"],
            "weight": ["1.5 pounds", "2 pounds"],
        }
    )
    records = records_of(frame, supplier="left")
    assert records["title"].to_list() == ["one", "Bo Dahl 2 pounds"]
    assert records["attributes"].to_list() == ["Ann Berg", "Bo Dahl"]


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(TableError, match="twice"):
        records_of(pl.DataFrame({"id": ["1", "1"], "name": ["a", "b"]}), supplier="left")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_in_any_usual_encoding(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes("id|name\r\n1|Käse\r\n".encode(encoding))
    assert read_table(path)["name"].to_list() == ["Käse"]

import json
import re
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from serving.local import attributes
from serving.local.attributes import LONGEST, Attributes, OneAttribute, UntrainedError, learned, read, rules
from serving.local.train_attributes import Judged, Record, agrees, judge, learn, measured, records
from serving.local.words import COLOURS, MATERIALS, QUANTITIES
from serving.model import ServingError


def found(title):
    return {
        (attribute, value, evidence)
        for attribute, value, evidence in read(pl.Series([title])).select("attribute", "value", "evidence").rows()
    }


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mug, Blue", {("colour", "blue", "Blue")}),
        ("Tasse schwarz", {("colour", "black", "schwarz")}),
        ("Tasse noire", {("colour", "black", "noire")}),
        ("Kubek niebieski", {("colour", "blue", "niebieski")}),
        ("Black/White shoe", {("colour", "black", "Black"), ("colour", "white", "White")}),
        ("Navy  Blue", {("colour", "blue", "Navy")} | {("colour", "blue", "Navy")}),
        ("rose gold ring", {("colour", "rose gold", "rose gold")}),
        ("Redmond blackout Greenland", set()),
        ("green tea 20 count", {("pack_count", "20", "20 count")}),
        ("SSD 1TB", {("storage", "1 TB", "1TB")}),
        ("Card 64 GB", {("storage", "64 GB", "64 GB")}),
        ("wrench 9/16 inch", {("length", "9/16 in", "9/16 inch")}),
        ("wrench 1-9/16 inch", {("length", "1-9/16 in", "1-9/16 inch")}),
        ('wrench 1 9/16"', {("length", "1 9/16 in", '1 9/16"')}),
        ("10-64GB", set()),
        ("2x4cm", set()),
        ("3.141.5 kg", set()),
        ("5G phone, size 12 M", set()),
        ("cola 1,5 l", {("volume", "1,5 l", "1,5 l")}),
        ("cola 2 L", {("volume", "2 l", "2 L")}),
        ("8 Fl Oz", {("volume", "8 fl oz", "8 Fl Oz")}),
        ("1,000 mg", {("mass", "1,000 mg", "1,000 mg")}),
        (
            "bulb 60W 230 V 50Hz",
            {("power", "60 W", "60W"), ("voltage", "230 V", "230 V"), ("frequency", "50 Hz", "50Hz")},
        ),
        ("12MP 3000mAh", {("resolution", "12 MP", "12MP"), ("charge", "3000 mAh", "3000mAh")}),
        ("4 in 1 cable", set()),
        ("Pack of 3", {("pack_count", "3", "Pack of 3")}),
        ("lot de 2", {("pack_count", "2", "lot de 2")}),
        ("6er Pack", {("pack_count", "6", "6er Pack")}),
        ("stainless steel", {("material", "stainless steel", "stainless steel")}),
        ("Edelstahl", {("material", "stainless steel", "Edelstahl")}),
        ("Lure YA180", {("model_number", "YA180", "YA180")}),
        ("Model No. XK-200B", {("model_number", "XK-200B", "XK-200B")}),
        ("UV400 SPF50 MP3 USB3 N95", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_reads_what_the_title_says_and_nothing_else(title, expected):
    assert found(title) == expected


words = st.sampled_from(
    [
        *COLOURS,
        *MATERIALS,
        *(w for u in QUANTITIES.values() for ws in u.values() for w in ws.split(",")),
        "pack of",
        "count",
        '"',
        "Model No.",
        "AB123",
        "x",
        "the",
    ]
)
pieces = (
    words
    | st.integers(0, 10**7).map(str)
    | st.sampled_from(["9/16", "1-9/16", "1.5", "2,5", "1,000", ".5"])
    | st.text(max_size=4)
)
titles = st.lists(st.tuples(pieces, st.sampled_from([" ", "", "-", ", ", "/", "\u00a0"])), max_size=12).map(
    lambda p: "".join(a + b for a, b in p)
)


def begins_a_number(title, at):
    """Nothing stands before it that would make it another number: no digit, decimal, fraction, range or product."""
    before = title[:at]
    return not before or not (
        before[-1].isalnum() or before[-1] in "_.,/\u2013\u00d7" or re.search(r"\d-$|\W-$", before)
    )


@settings(max_examples=300, deadline=None)
@given(titles)
@example("1-9/16 inch")
@example("SIZE 1 -9/16 inch")
def test_no_value_is_made_up(title):
    for attribute, value, evidence in found(title):
        assert evidence in title
        if attribute in {"colour", "material"}:
            spelled = " ".join(evidence.lower().split())
            assert {"colour": COLOURS, "material": MATERIALS}[attribute][spelled] == value
        elif attribute in QUANTITIES:
            number = value.rsplit(" fl oz")[0] if value.endswith(" fl oz") else value.rpartition(" ")[0]
            assert evidence.startswith(number)
            starts = [at for at in range(len(title)) if title.startswith(evidence, at)]
            assert any(begins_a_number(title, at) for at in starts)
        else:
            assert value in evidence


def test_answers_are_one_list_a_title_with_the_confidence_of_the_rule():
    told = Attributes().answer(pl.DataFrame({"title": ["Mug, Blue", None, "nothing", "Pack of 3"]})).rows
    assert told.height == 4
    assert told["found"].list.len().to_list() == [1, 0, 0, 1]
    sure = learned()
    assert told["found"].to_list()[0][0]["confidence"] == sure["colour.aside"]
    assert set(sure) == set(rules())
    assert all(0 < confidence < 1 for confidence in sure.values())


def test_one_attribute_is_the_one_it_is_surest_of():
    told = OneAttribute().answer(pl.DataFrame({"title": ["golden retriever mug, blue", "mug", "Black/White"]})).rows
    assert told["value"].to_list() == ["blue", None, "black"]
    storage = OneAttribute(task="extract/storage").answer(pl.DataFrame({"title": ["64GB red"]})).rows
    assert storage["value"].to_list() == ["64 GB"]
    with pytest.raises(ServingError, match="no rule reads taste"):
        OneAttribute(task="extract/taste").answer(pl.DataFrame({"title": ["sour"]}))


@given(st.lists(titles, max_size=4), st.sampled_from(["colour", "material", "mass", "pack_count", "model_number"]))
@settings(max_examples=50, deadline=None)
def test_one_attribute_alone_is_what_it_is_among_all(some, kind):
    texts = pl.Series(some, dtype=pl.String)
    assert read(texts, kind).equals(read(texts).filter(pl.col("attribute") == kind))


@pytest.mark.parametrize(
    "text", ["a" * 5_000_000, "1-" * 200_000, "1 " * 200_000 + "inch", ("red, " * 100_000), "\u200b\U000e0041" * 1000]
)
def test_hostile_titles_take_no_time(text):
    start = time.process_time()
    found(text)
    assert time.process_time() - start < 6


def test_only_the_beginning_of_an_endless_title_is_read():
    assert found("x" * LONGEST + " red") == set()
    assert found("red " + "x" * LONGEST) != set()


def test_the_digest_covers_code_words_numbers_and_task(tmp_path, monkeypatch):
    before = Attributes().digest
    assert before == Attributes().digest != OneAttribute().digest
    real = Path(attributes.__file__).parent
    for name in ("attributes.py", "words.py", "attributes.json"):
        (tmp_path / name).write_bytes((real / name).read_bytes())
    monkeypatch.setattr(attributes, "files", lambda _: tmp_path)
    assert Attributes().digest == before
    for name in ("attributes.py", "words.py", "attributes.json"):
        data = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(data + b"\n")
        assert Attributes().digest != before
        (tmp_path / name).write_bytes(data)
    for broken in (b"{", b'{"rules": 1}', b"[]"):
        (tmp_path / "attributes.json").write_bytes(broken)
        with pytest.raises(UntrainedError, match="train_attributes"):
            learned()
    (tmp_path / "attributes.json").unlink()
    with pytest.raises(UntrainedError):
        learned()


@pytest.mark.parametrize(
    ("evidence", "label", "expected"),
    [
        ("Red", "Red Patent", True),
        ("2 oz", "12 oz", False),
        ("120 Count", "120", True),
        ("", "x", False),
        ("64GB", "64 gb", True),
    ],
)
def test_labels_agree_by_whole_words(evidence, label, expected):
    assert agrees(evidence, label) is expected


def test_confidence_is_the_share_of_right_finds_drawn_to_its_kind():
    judged = [Judged("colour.aside", "colour", right=n < 90, fold=n % 5) for n in range(100)]
    told = learn(judged)
    assert told["colour.aside"] == {"right": 90, "judged": 100, "confidence": pytest.approx(0.9, abs=0.01)}
    assert told["colour.inside"]["confidence"] == pytest.approx(0.89, abs=0.01)
    assert told["material"]["confidence"] == 0.5


def test_a_silent_label_counts_as_none_only_in_a_labelled_category(tmp_path):
    def lines(*scores):
        path = tmp_path / "d.jsonl"
        path.write_text(
            "\n".join(
                json.dumps({"input": f"red {n}", "category": "c", "target_scores": s}) for n, s in enumerate(scores)
            )
        )
        return records(path)

    implicit = lines({"Color": {"red": 1}}, {"Brand": {"x": 1}})
    assert implicit[1].labels["color"] == ()
    explicit = lines({"Color": {"red": 1}}, {"Brand": {"n/a": 1}})
    assert "color" not in explicit[1].labels
    assert explicit[1].labels["brand"] == ()
    judged, wanted = judge([Record("Mug, red", {"color": ("Red",)}, 0), Record("Mug, red", {"color": ()}, 1)])
    assert [find.right for find in judged] == [True, False]
    assert wanted["colour"] == [(0, True)]


@pytest.mark.shared
@pytest.mark.slow
def test_the_numbers_in_use_are_the_ones_the_data_gives():
    folder = Path(__file__).parents[3].parent / "shared" / "data" / "attributes"
    if not folder.exists():
        pytest.skip("the shared data folder is not there")
    data = [record for path in sorted(folder.glob("*/train.jsonl")) for record in records(path)]
    judged, wanted = judge(data)
    kept = json.loads(Path(attributes.__file__).with_name("attributes.json").read_text())
    assert kept["rules"] == learn(judged)
    assert kept["measured"] == measured(judged, wanted)
    # Honest: what is said with confidence 0.9 is right nine times of ten, give or take.
    assert kept["measured"]["calibration_error"] < 0.05
    assert kept["measured"]["brier"] < kept["measured"]["brier_of_one_confidence"]

"""Where values come from: receipts to the line, stories in order, and lines opened again."""

import random
import shutil
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from aios_assets.reopen import SourceGone, check_receipts, reopen
from aios_assets.runtime import Runtime
from aios_assets.trace import NotTraced, trace
from lineage.receipts import SourceLine
from tests.aios_assets.small_lake import ACME, run_chain, settings_in, write_feeds

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home = tmp_path_factory.mktemp("traced")
    opened = Runtime.open(settings_in(home))
    attempts = run_chain(opened, write_feeds(home / "feeds"))
    assert not [attempt.stage for attempt in attempts if attempt.refused]
    yield opened
    opened.lake.ledger.close()
    opened.vault.close()


def receipt(runtime: Runtime, subject: str, field: str):
    return trace(runtime, subject, field).fields[0]


def test_a_listed_price_leads_to_its_line_rule_and_decision(runtime: Runtime) -> None:
    told = receipt(runtime, "acme/A2", "price")
    assert (told.table, told.stage, told.rule, told.model) == ("listings", "listings", "price/decimal-point", None)
    assert Decimal(told.value) == 179
    assert [(source.file, source.line) for source in told.sources] == [("acme.csv", 3)]
    assert told.ledger_index is not None
    decided = next(iter(runtime.lake.ledger.read(told.ledger_index, told.ledger_index + 1)))
    assert decided.entry.body["attempt"] == told.decision
    assert decided.entry.trace_id == told.trace_id
    state = runtime.lake.state("listings")
    assert state is not None
    assert state.history[told.version].permit == told.decision
    assert told.cost == 0


def test_an_attribute_names_the_model_and_the_words_it_was_read_from(runtime: Runtime) -> None:
    told = [one for one in trace(runtime, "acme/A4").fields if one.model is not None]
    assert told
    assert all(one.model and one.model.startswith("extract/attributes/") and "@" in one.model for one in told)
    assert all(one.evidence and one.confidence is not None and 0 < one.confidence < 1 for one in told)


def test_what_follows_the_first_slash_is_the_sku(runtime: Runtime) -> None:
    told = trace(runtime, "acme/A/3")
    assert told.records == ("acme/A/3",)
    assert {source.line for one in told.fields for source in one.sources} == {4}


def test_a_product_and_its_records_tell_the_same(runtime: Runtime) -> None:
    told = trace(runtime, "bestco/B3")
    assert told.product is not None
    assert trace(runtime, told.product).plain()["fields"] == told.plain()["fields"]


def test_a_value_that_no_rule_could_read_names_the_rule(runtime: Runtime) -> None:
    told = receipt(runtime, "acme/A4", "price")
    assert (told.value, told.table) == (None, "products")
    assert told.rule is not None
    assert told.rule.startswith("price/")
    assert any("not readable: price" in step.what for step in trace(runtime, "acme/A4").story)


def test_the_story_goes_from_delivery_to_listing_in_the_ledgers_order(runtime: Runtime) -> None:
    story = trace(runtime, "acme/A6").story
    words = [step.what for step in story]
    for number, word in enumerate(("delivered acme.csv", "taken in", "normalised", "product", "listed")):
        assert word in words[number]
    assert [step.ledger_index for step in story] == sorted(step.ledger_index for step in story)
    assert all(step.at is not None for step in story)


def test_a_row_that_was_set_aside_says_why(runtime: Runtime) -> None:
    told = trace(runtime, "acme/A5")
    assert told.product is None
    assert told.fields == ()
    assert "something-named" in told.story[-1].what


def test_a_reject_is_found_by_its_file_and_line(runtime: Runtime) -> None:
    assert "set aside by feed/" in trace(runtime, "bestco.csv:6").story[-1].what


@pytest.mark.parametrize("subject", ["acme/nothing", "nobody/A1", "p0000000000000000", "", "/", "acme/"])
def test_what_is_unknown_is_said_to_be(runtime: Runtime, subject: str) -> None:
    with pytest.raises(NotTraced, match="no record, product"):
        trace(runtime, subject)


def test_an_unknown_field_names_those_that_are_there(runtime: Runtime) -> None:
    with pytest.raises(NotTraced, match="title"):
        trace(runtime, "acme/A1", "weight")


def test_personal_data_stay_sealed_in_a_trace(runtime: Runtime) -> None:
    assert "john.doe" not in str(trace(runtime, "acme/A1").plain())
    assert "[mail:" in str(receipt(runtime, "acme/A1", "description").value)


def test_a_receipt_opens_its_line_again(runtime: Runtime) -> None:
    source = receipt(runtime, "acme/A1", "price").sources[0]
    raw = reopen(runtime, source)
    assert (raw["id"], raw["price"]) == ("A1", "$499.99")


def test_a_line_of_another_digest_is_no_source(runtime: Runtime) -> None:
    source = receipt(runtime, "acme/A1", "price").sources[0]
    with pytest.raises(SourceGone, match="not the record that was taken in"):
        reopen(runtime, SourceLine(source.file, source.line + 1, source.sha256))
    with pytest.raises(SourceGone, match="no delivery of that name"):
        reopen(runtime, SourceLine("other.csv", source.line, source.sha256))


def test_every_published_value_comes_out_of_its_line_again(runtime: Runtime) -> None:
    done = check_receipts(runtime, 1000)
    assert done.ok
    assert done.values > 40
    assert not done.different
    assert check_receipts(runtime, 5).values == 5


@pytest.mark.slow
def test_a_changed_or_missing_file_is_told_not_believed(runtime: Runtime) -> None:
    file = runtime.settings.home / "feeds" / "acme.csv"
    source = receipt(runtime, "acme/A1", "price").sources[0]
    kept = file.with_suffix(".kept")
    shutil.copy2(file, kept)
    try:
        file.write_text(ACME.replace("$499.99", "$1.00"))
        with pytest.raises(SourceGone, match="other bytes"):
            reopen(runtime, source)
        done = check_receipts(runtime, 1000)
        assert not done.ok
        assert any("acme.csv" in one for one in done.unread)
        file.unlink()
        with pytest.raises(SourceGone, match="no longer"):
            reopen(runtime, source)
    finally:
        shutil.move(kept, file)


@pytest.mark.slow
def test_an_unchanged_value_keeps_the_line_that_it_was_read_from(tmp_path: Path) -> None:
    runtime = Runtime.open(settings_in(tmp_path))
    run_chain(runtime, write_feeds(tmp_path / "one"))
    before = receipt(runtime, "acme/A2", "price")
    # The description changes and so do line and file; the listed price was read from the first delivery and stays.
    lines = ACME.splitlines()
    moved = [lines[0], lines[1], lines[3], lines[4], lines[2].replace("8 MP camera", "9 MP camera"), *lines[5:]]
    attempts = run_chain(runtime, write_feeds(tmp_path / "two", acme="\n".join(moved) + "\n"))
    assert not [attempt.stage for attempt in attempts if attempt.refused]
    again, described = receipt(runtime, "acme/A2", "price"), receipt(runtime, "acme/A2", "description")
    assert (again.version, again.sources) == (before.version, before.sources)
    assert (described.value, described.sources[0].line) == ("9 MP camera", 5)
    assert described.version > again.version
    assert reopen(runtime, again.sources[0])["description"] == "8 MP camera"
    assert reopen(runtime, described.sources[0])["description"] == "9 MP camera"


def test_a_normalised_record_that_nobody_listed_shows_what_it_has(tmp_path: Path) -> None:
    runtime = Runtime.open(settings_in(tmp_path))
    files = write_feeds(tmp_path / "feeds")
    run_chain(runtime, files, only={"records"})
    assert {one.table for one in trace(runtime, "acme/A2").fields} == {"records"}
    run_chain(runtime, files, only={"products"})
    told = trace(runtime, "acme/A2")
    assert {one.table for one in told.fields} == {"products"}
    assert {source.line for one in told.fields for source in one.sources} == {3}


@pytest.mark.shared
@pytest.mark.slow
def test_a_thousand_receipts_of_a_real_feed_reopen_their_lines(tmp_path: Path) -> None:
    folder = SHARED / "walmart_amazon"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not here, so no real feed can be read")
    runtime = Runtime.open(settings_in(tmp_path))
    run_chain(runtime, [str(folder / "walmart.csv"), str(folder / "amazon.csv")])
    begun = time.process_time()
    done = check_receipts(runtime, 1000, seed=random.SystemRandom().randrange(2**31))
    assert done.different == ()
    assert (done.same, done.values, done.unread) == (1000, 1000, ())
    assert time.process_time() - begun < 60

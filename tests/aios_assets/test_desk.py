"""Desk: what is decided is bound to what was seen, by whom, and to what else was decided."""

from dataclasses import replace
from pathlib import Path

import pytest
from core_fixtures import Shop, decide, kettles

from aios_assets.beside import Beside
from aios_assets.desk import Asked, Desk, Made
from aios_assets.errors import Refused, SettingsError
from aios_assets.reviews import REVIEW, Reviewed, Verdict, pair_of, seen_of
from aios_assets.stages.products import products
from aios_assets.stages.records import records
from aios_assets.stages.reviews import reviews
from audit.errors import AlreadyLogged
from audit.ledger import Entry, Logged

SAME, DIFFERENT, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two suppliers of the same, made once; each test decides in a copy."""
    made = Shop.open(tmp_path_factory.mktemp("desk"), stages=(records, products))
    made.run(made.deliver("acme.csv", kettles(5)))
    made.run(made.deliver("zeta.csv", [{**one, "sku": f"Z{one['sku']}"} for one in kettles(5)]))
    return made.close()


@pytest.fixture
def shop(kept: Path, tmp_path: Path) -> Shop:
    return Shop.like(kept, tmp_path, stages=(records, products))


def desk(shop: Shop, *reviewers: str) -> Desk:
    return Desk(shop.runtime.lake, shop.runtime.vault.tokens, reviewers)


def asked(
    shop: Shop, verdict: Verdict = SAME, *, by: str = "ann", seen: str | None = None, over: int | None = None
) -> Asked:
    """A look at the first pair, at the version that stands."""
    pair = pair_of("acme", "A-0", "zeta", "ZA-0")
    values = Beside(shop.runtime.lake).values(pair)
    return Asked(pair, verdict, by, "same model", REVIEW, seen or seen_of(*(values[r].values() for r in pair)), over)


def size(shop: Shop) -> int:
    return len(Reviewed.read(shop.runtime.lake.ledger).decisions)


def test_a_decision_is_an_entry_that_says_who_why_and_what_was_seen(shop: Shop) -> None:
    made = desk(shop).one(replace(asked(shop), why="write to joe.bloggs@example.com", seconds=4.5))
    (logged,) = shop.runtime.lake.ledger.read(start=made.decision.index)
    body = logged.entry.body
    assert (body["by"], body["verdict"], body["pair"]) == ("ann", "same", [["acme", "A-0"], ["zeta", "ZA-0"]])
    assert body["seen"] == asked(shop).seen
    assert body["versions"] == {"products": 1}
    assert body["seconds"] == "4.5"
    assert "joe.bloggs" not in body["why"]
    assert Reviewed.read(shop.runtime.lake.ledger).decisions == (made.decision,)


@pytest.mark.slow
def test_a_version_that_has_changed_since_is_refused_and_told(shop: Shop) -> None:
    made = Shop(shop.folder, shop.runtime)
    made.run(*(shop.folder / "deliveries" / name for name in ("acme.csv", "zeta.csv")))
    decide(made, "acme/A-0", "zeta/ZA-0", SAME)
    made.make(products)
    for stage in made.stages[2:]:
        made.make(stage)
    (before,) = made.table("reviews")["id"].to_list()
    changed = [{**one, "price": "99.00"} if one["sku"] == "A-0" else one for one in kettles(5)]
    shop.run(shop.deliver("acme.csv", changed))  # products has version 2; what waits for review was made of version 1
    stem, _, seen = before.partition("-")
    with pytest.raises(Refused) as refused:
        desk(shop).one(asked(shop, by="bob", seen=seen))
    assert "acme/A-0 price: was “10.5000”, is “99.0000”" in refused.value.why
    assert f"aios review show {stem}-" in refused.value.do
    assert size(shop) == 1
    made.make(reviews)
    (after,) = made.table("reviews")["id"].to_list()
    assert after != before
    assert made.table("reviews")["state"].to_list() == ["changed"]
    beside = Beside(shop.runtime.lake)
    assert beside.pair_of(after) == beside.pair_of(before) == asked(shop).pair
    assert desk(shop).one(asked(shop, by="bob", seen=after.partition("-")[2])).decision.by == "bob"


def test_an_approval_told_again_is_recognised(shop: Shop) -> None:
    first = desk(shop).one(asked(shop))
    again = desk(shop).one(asked(shop))
    assert (again.already, again.decision, size(shop)) == (True, first.decision, 1)


def test_an_approval_told_again_after_it_was_overruled_is_refused(shop: Shop) -> None:
    first = desk(shop).one(asked(shop)).decision
    with pytest.raises(Refused, match=f"add --over {first.index}"):
        desk(shop).one(asked(shop, DIFFERENT, by="bob"))
    over = desk(shop).one(asked(shop, DIFFERENT, by="bob", over=first.index))
    assert (over.replaced, over.decision.replaces) == (first, first.index)
    with pytest.raises(Refused, match=r"entry .* was overruled: bob decided"):
        desk(shop).one(asked(shop))
    assert size(shop) == 2
    assert desk(shop).one(asked(shop, over=over.decision.index)).decision.verdict is SAME


def test_nobody_reviews_what_they_did_themselves(shop: Shop) -> None:
    decide(shop, "zeta/ZA-0", "acme/A-0", SAME, by="ann")
    for verdict in Verdict:
        with pytest.raises(Refused, match="somebody else's look"):
            desk(shop).one(asked(shop, verdict))
    confirmed = desk(shop).one(asked(shop, by="bob"))
    assert (confirmed.decision.via, confirmed.already) == (REVIEW, False)
    with pytest.raises(Refused, match="somebody else's look"):
        desk(shop).one(asked(shop, DIFFERENT, over=confirmed.decision.index))


def test_a_right_that_was_taken_away_ends_at_once(shop: Shop) -> None:
    assert desk(shop, "ann", "bob").one(asked(shop)).decision.by == "ann"
    with pytest.raises(Refused, match="names bob and nobody else"):
        desk(shop, "bob").one(asked(shop, DIFFERENT, over=0))
    with pytest.raises(Refused, match="names bob"):
        desk(shop, "bob").one(Asked(pair_of("acme", "A-1", "zeta", "ZA-1"), SAME, "ann", "why"))


@pytest.mark.parametrize(("by", "why"), [("", "x"), (" ", "x"), ("ann", " "), ("ann.smith@example.com", "x")])
def test_a_decision_is_signed_with_a_name_that_may_be_kept(shop: Shop, by: str, why: str) -> None:
    with pytest.raises(SettingsError):
        desk(shop).one(replace(asked(shop), by=by, why=why))
    assert size(shop) == 0


def test_records_that_are_not_there_are_named(shop: Shop) -> None:
    for pair in (pair_of("acme", "A-0", "acme", "A-0"), pair_of("acme", "A-0", "acme", "nobody")):
        with pytest.raises(SettingsError):
            desk(shop).one(Asked(pair, SAME, "ann", "why"))


def test_what_contradicts_is_refused_with_the_decisions_that_say_so(shop: Shop) -> None:
    first = decide(shop, "acme/A-0", "zeta/ZA-0", SAME).decision
    second = decide(shop, "zeta/ZA-0", "acme/A-1", SAME, by="bob").decision
    with pytest.raises(Refused) as refused:
        decide(shop, "acme/A-0", "acme/A-1", DIFFERENT)
    assert first.words in refused.value.why
    assert second.words in refused.value.why
    decide(shop, "acme/A-2", "acme/A-1", DIFFERENT)
    with pytest.raises(Refused, match="contradicts what stands: acme/A-1 and acme/A-2"):
        decide(shop, "acme/A-2", "acme/A-0", SAME)
    decide(shop, "zeta/ZA-0", "acme/A-1", UNSURE)
    assert decide(shop, "acme/A-2", "acme/A-0", SAME).decision.verdict is SAME


def test_what_stands_is_overruled_by_name_only(shop: Shop) -> None:
    merged = decide(shop, "acme/A-0", "zeta/ZA-0", SAME)
    assert decide(shop, "zeta/ZA-0", "acme/A-0", SAME, by="bob").already
    with pytest.raises(Refused, match="ann decided `same`"):
        decide(shop, "acme/A-0", "zeta/ZA-0", DIFFERENT, by="bob")
    told = decide(shop, "acme/A-0", "zeta/ZA-0", DIFFERENT, by="bob", over=merged.decision.index)
    assert told.replaced == merged.decision
    with pytest.raises(Refused, match="nobody has decided"):
        decide(shop, "acme/A-3", "zeta/ZA-0", UNSURE)


def test_two_who_decide_at_once_see_each_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between one's look at the ledger and the append another decides: judged again, and refused now."""
    ledger, append, late = shop.runtime.lake.ledger, shop.runtime.lake.ledger.append, []

    def slow(*entries: Entry) -> tuple[Logged, ...]:
        if not late:
            late.append(True)
            decide(shop, "acme/A-0", "zeta/ZA-0", SAME, by="bob")
        return append(*entries)

    monkeypatch.setattr(ledger, "append", slow)
    with pytest.raises(Refused, match="bob decided `same`"):
        desk(shop).one(asked(shop, DIFFERENT))
    assert size(shop) == 1
    (told,) = [one.entry for one in ledger.read() if one.entry.subject == "matches"]
    with pytest.raises(AlreadyLogged):  # what was decided with nothing in sight is no decision any more
        append(told)


def test_a_batch_is_judged_line_by_line_and_as_a_whole_where_it_must(shop: Shop) -> None:
    pairs = [pair_of("acme", f"A-{n}", "zeta", f"ZA-{n}") for n in range(3)]
    lines = [Asked(pair, SAME, "ann", "batch") for pair in pairs]
    wrong = Asked(pair_of("acme", "A-0", "acme", "nobody"), SAME, "ann", "batch")
    assert [type(one) for one in desk(shop).take([lines[0], wrong, lines[0]], whole=True)] == [SettingsError, Refused]
    assert size(shop) == 0
    told = desk(shop).take([*lines[:2], wrong, lines[0]])
    assert [type(one) for one in told] == [Made, Made, SettingsError, Refused]
    assert [one.decision.index for one in told[:2] if isinstance(one, Made)] == [
        one.index for one in Reviewed.read(shop.runtime.lake.ledger).decisions
    ]

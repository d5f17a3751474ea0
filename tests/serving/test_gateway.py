import hashlib
import math
import threading
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.answers import ANSWER, AnswerError
from serving.breaker import BreakerOpenError
from serving.budget import Budget, OverBudgetError
from serving.cache import Cache
from serving.card import Card, Evaluation
from serving.gateway import Gateway, ModelFailedError, SwappedModelError
from serving.local.attributes import Attributes, OneAttribute
from serving.model import Answered, ServingError, identity
from serving.registry import Registration, Registry, Standing
from serving.router import NoModelError

CARD = Card(
    purpose="to be asked in tests",
    intended_use="tests",
    not_for="anything else",
    owner="the tests",
    licence="none",
    training_data="none",
    limits="all",
    languages=("en",),
    evaluation=(Evaluation(metric="right", value=1.0, data="none", date=date(2026, 1, 1)),),
)


@dataclass
class Upper:
    """A real model of a plain sort: it answers the text in capitals, and counts how often it was asked."""

    task: str = "write/upper"
    name: str = "upper"
    version: str = "1"
    inputs: tuple = ("text",)
    many: bool = False
    batch: int = 3
    price: Decimal = Decimal(0)
    cost_each: Decimal = Decimal(0)
    code: bytes = b"upper"
    spoil: object = None
    asked: list = field(default_factory=list)

    @property
    def digest(self):
        return hashlib.sha256(self.code).hexdigest()

    def answer(self, batch):
        self.asked.append(batch["text"].to_list())
        told = batch.select(
            value=pl.col("text").str.to_uppercase(), confidence=pl.lit(0.5), evidence=pl.col("text").str.slice(0, 3)
        )
        if self.spoil:
            told = self.spoil(told)
        return told if isinstance(told, Answered) else Answered(told, self.cost_each * batch.height)


def registered(*models, standing=Standing.CHAMPION):
    return Registry(
        tuple(
            Registration(
                task=model.task,
                name=model.name,
                version=model.version,
                digest=model.digest,
                standing=standing,
                card=CARD,
            )
            for model in models
        )
    )


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "answers.sqlite")


def rows(*texts):
    return pl.DataFrame(
        {"sku": [str(i) for i in range(len(texts))], "text": texts}, schema_overrides={"text": pl.String}
    )


def test_answers_are_row_for_row_with_their_receipts(cache):
    model = Upper()
    answers = Gateway([model], registered(model), cache=cache).ask("write/upper", rows("a", None, "b", "a"))
    column = answers.column("big")
    assert (column.name, column.dtype) == ("big", ANSWER)
    assert column.to_list()[0] == {"value": "A", "by": "write/upper/upper@1", "confidence": 0.5, "evidence": "a"}
    assert [answer["value"] if answer else None for answer in column.to_list()] == ["A", None, "B", "A"]
    assert answers.frame().select("sku", "attribute").rows() == [("0", "upper"), ("2", "upper"), ("3", "upper")]


def test_equal_inputs_are_asked_once_and_in_batches(cache):
    model = Upper()
    gateway = Gateway([model], registered(model), cache=cache)
    gateway.ask("write/upper", rows(*"abcabcd"))
    assert model.asked == [["a", "b", "c"], ["d"]]
    (use,) = gateway.used()
    assert (use.answers, use.calls, use.cached) == (7, 2, 0)
    assert (use.standing, use.registered_digest, use.card["owner"]) == ("champion", model.digest, "the tests")


def test_a_repeated_run_asks_nobody_even_after_one_that_broke_off(cache):
    def breaks(told):
        if "E" in told["value"].to_list():
            raise ValueError("secret text")
        return told

    model = Upper(spoil=breaks)
    first = Gateway([model], registered(model), cache=cache)
    with pytest.raises(ModelFailedError) as failed:
        first.ask("write/upper", rows(*"abcde"))
    assert "secret" not in str(failed.value)
    again = Upper()
    gateway = Gateway([again], registered(again), cache=cache)
    gateway.ask("write/upper", rows(*"abcde"))
    assert again.asked == [["d", "e"]]
    session = gateway.session("later")
    assert session.ask("write/upper", rows(*"edcba")).column("x").struct.field("value").to_list() == list("EDCBA")
    (use,) = session.used()
    assert (use.answers, use.calls, use.cached, use.cost) == (5, 0, 5, Decimal(0))
    assert [use.calls for use in gateway.used()] == [1]


def test_another_digest_is_another_answer(cache):
    for code in (b"1", b"2"):
        model = Upper(code=code)
        Gateway([model], registered(model), cache=cache).ask("write/upper", rows("a"))
        assert model.asked == [["a"]]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda told: told.head(2), "answered 2 rows of 3"),
        (lambda told: pl.concat([told, told]), "answered 6 rows of 3"),
        (lambda told: told.head(0), "answered 0 rows of 3"),
        (lambda told: told.with_columns(confidence=math.nan), "not between 0 and 1"),
        (lambda told: told.with_columns(confidence=1.5), "not between 0 and 1"),
        (lambda told: told.with_columns(confidence=-0.1), "not between 0 and 1"),
        (lambda told: told.with_columns(value=pl.lit(1)), "columns"),
        (lambda told: told.drop("evidence"), "columns"),
        (lambda told: told.with_columns(more=1), "columns"),
        (lambda told: Answered(told, Decimal("NaN")), "cost"),
        (lambda told: Answered(told, Decimal(-1)), "cost"),
        (lambda told: Answered(told, 0.5), "cost"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused_and_not_kept(cache, spoil, why):
    model = Upper(spoil=spoil)
    with pytest.raises(AnswerError, match=why):
        Gateway([model], registered(model), cache=cache).ask("write/upper", rows(*"abc"))
    assert len(cache) == 0
    model.spoil = None
    Gateway([model], registered(model), cache=cache).ask("write/upper", rows(*"abc"))
    assert len(cache) == 3


def test_a_confidence_may_be_unknown(cache):
    model = Upper(spoil=lambda told: told.with_columns(confidence=pl.lit(None, dtype=pl.Float64)))
    answers = Gateway([model], registered(model), cache=cache).ask("write/upper", rows("a"))
    assert answers.column("x").to_list()[0]["confidence"] is None


def test_a_model_swapped_on_disk_is_an_error_before_and_during_a_call(cache):
    model = Upper()
    registry = registered(model)
    model.code = b"other"
    with pytest.raises(SwappedModelError, match="swapped"):
        Gateway([model], registry, cache=cache).ask("write/upper", rows("a"))
    assert model.asked == []

    turncoat = Upper()
    registry = registered(turncoat)

    def swap(told):
        turncoat.code = b"swapped"
        return told

    turncoat.spoil = swap
    with pytest.raises(SwappedModelError):
        Gateway([turncoat], registry, cache=cache).ask("write/upper", rows("a"))
    assert len(cache) == 0


def test_an_unregistered_model_answers_alone_and_says_so():
    model = Upper()
    gateway = Gateway([model], Registry(()))
    gateway.ask("write/upper", rows("a"))
    (use,) = gateway.used()
    assert (use.registered_digest, use.standing, use.card) == (None, None, {})


@pytest.mark.parametrize("standing", [Standing.CANDIDATE, Standing.CANARY, Standing.RETIRED])
def test_only_a_champion_answers(standing):
    model = Upper()
    with pytest.raises(NoModelError, match=standing.value):
        Gateway([model], registered(model, standing=standing)).ask("write/upper", rows("a"))


def test_unknown_tasks_and_missing_inputs_are_told():
    model = Upper()
    gateway = Gateway([model], registered(model))
    with pytest.raises(NoModelError, match="known for it: none"):
        gateway.ask("write/lower", rows("a"))
    with pytest.raises(ServingError, match=r"reads \['text'\]"):
        gateway.ask("write/upper", rows("a").drop("text"))
    with pytest.raises(ServingError, match="no model reads"):
        gateway.ask("write/upper", pl.DataFrame({"text": [["a"]]}))


def test_nothing_asked_is_nothing_answered(cache):
    model = Upper()
    answers = Gateway([model], registered(model), cache=cache).ask("write/upper", rows())
    assert (len(answers.column("x")), answers.column("x").dtype, model.asked) == (0, ANSWER, [])
    assert answers.frame().height == 0
    many = Gateway([Attributes()], Registry.load(), cache=cache).ask(
        "extract/attributes", pl.DataFrame(schema={"sku": pl.String, "title": pl.String})
    )
    assert many.frame().schema == pl.Schema({"sku": pl.String, "attribute": pl.String, "value": ANSWER})


def test_canary_answers_its_share_and_the_same_rows_each_time(cache):
    champion, canary = Upper(batch=1000), Upper(name="next", code=b"next", batch=1000)
    registry = Registry(registered(champion).registrations + registered(canary, standing=Standing.CANARY).registrations)
    asked = rows(*(f"title {i}" for i in range(2000)))

    def by(gateway):
        return gateway.ask("write/upper", asked).column("x")

    first = by(Gateway([champion, canary], registry, canary_share=0.2))
    share = (first.struct.field("by") == identity(canary)).mean()
    assert 0.16 < share < 0.24
    assert first.struct.field("value").to_list() == asked["text"].str.to_uppercase().to_list()
    assert by(Gateway([canary, champion], registry, canary_share=0.2)).equals(first)
    assert by(Gateway([champion, canary], registry, canary_share=0.0)).struct.field("by").n_unique() == 1
    # Whoever was in a smaller share is in a larger one too.
    more = by(Gateway([champion, canary], registry, canary_share=0.5)).struct.field("by") == identity(canary)
    assert (more | (first.struct.field("by") == identity(champion))).all()


def paid(tmp_path, model, per_sku="1", per_run="10", cache=None, run="r"):
    budget = Budget(tmp_path / "budget.sqlite", per_sku=Decimal(per_sku), per_run=Decimal(per_run))
    return budget, Gateway([model], registered(model), cache=cache, budget=budget, run=run)


def test_what_a_call_costs_is_booked_per_sku(tmp_path, cache):
    model = Upper(price=Decimal("0.5"), cost_each=Decimal("0.3"))
    budget, gateway = paid(tmp_path, model, cache=cache)
    gateway.ask("write/upper", rows(*"abcd"))
    assert [budget.booked(sku=str(i)) for i in range(4)] == [Decimal("0.3")] * 4
    assert budget.booked(run="r") == Decimal("1.2")
    assert gateway.used()[0].cost == Decimal("1.2")
    gateway.ask("write/upper", rows(*"abcd"))
    assert budget.booked(run="r") == Decimal("1.2")


def test_over_budget_nobody_is_asked(tmp_path, cache):
    model = Upper(price=Decimal("0.5"), cost_each=Decimal("0.5"))
    budget, gateway = paid(tmp_path, model, per_run="1.6", cache=cache)
    with pytest.raises(OverBudgetError, match="run r may cost"):
        gateway.ask("write/upper", rows(*"abcd"))
    assert len(model.asked) == 1
    assert budget.booked(run="r") == Decimal("1.5")
    with pytest.raises(ServingError, match="no budget"):
        Gateway([model], registered(model)).ask("write/upper", rows("a"))


def test_a_failed_call_stays_booked_and_an_open_breaker_costs_nothing(tmp_path):
    def fails(_):
        raise OSError("connection reset")

    model = Upper(price=Decimal("0.1"), spoil=fails)
    budget, gateway = paid(tmp_path, model)
    for expected in (ModelFailedError, ModelFailedError, ModelFailedError, BreakerOpenError):
        with pytest.raises(expected):
            gateway.ask("write/upper", rows("a"))
    assert len(model.asked) == 3
    assert budget.booked(sku="0") == Decimal("0.3")


def test_design_example_for_one_colour_a_row(cache):
    products = pl.DataFrame({"product": ["p1", "p2", "p3"], "title": ["Mug, Blue", "Tasse, schwarz", "Mug"]})
    models = Gateway([OneAttribute(), Attributes()], Registry.load(), cache=cache)
    answers = models.ask("extract/colour", products.select("product", "title"))
    told = products.select("product").with_columns(answers.column("colour"))
    assert told.select("product", pl.col("colour").struct.field("value")).rows() == [
        ("p1", "blue"),
        ("p2", "black"),
        ("p3", None),
    ]
    assert told["colour"].to_list()[1]["evidence"] == "schwarz"
    long = models.ask("extract/attributes", products.with_columns(title=pl.col("title") + " 64GB")).frame()
    assert long.select("product", "attribute", pl.col("value").struct.field("value")).rows() == [
        ("p1", "colour", "blue"),
        ("p1", "storage", "64 GB"),
        ("p2", "colour", "black"),
        ("p2", "storage", "64 GB"),
        ("p3", "storage", "64 GB"),
    ]
    with pytest.raises(ServingError, match="use frame"):
        models.ask("extract/attributes", products).column("x")
    assert {use.standing for use in models.used()} == {"champion"}


def test_answers_from_cache_are_the_answers_that_were_given(cache):
    gateway = Gateway([Attributes()], Registry.load(), cache=cache)
    asked = pl.DataFrame({"sku": ["1", "2", "3"], "title": ['Mug, red 0.33 l "x" \\ {', "", "Pack of 3 red\nmugs"]})
    first = gateway.ask("extract/attributes", asked)
    second = gateway.ask("extract/attributes", asked.reverse())
    assert first.values.equals(second.values.reverse())
    assert gateway.used()[0].cached == 3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.none() | st.text(max_size=5), max_size=12), st.integers(1, 4))
def test_any_batching_answers_alike(texts, batch):
    model = Upper(batch=batch)
    column = Gateway([model], registered(model)).ask("write/upper", rows(*texts)).column("x")
    expected = rows(*texts)["text"].str.to_uppercase().to_list()
    assert [answer["value"] if answer else None for answer in column.to_list()] == expected
    asked = [text for call in model.asked for text in call]
    assert len(asked) == len(set(asked)) == len(set(texts))


def test_threads_share_a_gateway(cache):
    model = Upper(batch=10)
    gateway = Gateway([model], registered(model), cache=cache)
    threads = [
        threading.Thread(target=lambda: gateway.ask("write/upper", rows(*(str(i) for i in range(50)))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (use,) = gateway.used()
    assert use.answers == 200
    # Threads that ask at the same moment may each ask; whoever comes later asks nobody.
    later = gateway.session("later")
    later.ask("write/upper", rows(*(str(i) for i in range(50))))
    assert [(use.calls, use.cached) for use in later.used()] == [(0, 50)]


def test_spans_tell_task_model_and_rows_and_never_a_text(cache):
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    import serving.gateway

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def fails(_):
        raise ValueError("ada@example.org")

    before = serving.gateway._TRACER
    serving.gateway._TRACER = provider.get_tracer("test")
    try:
        model = Upper()
        gateway = Gateway([model], registered(model), cache=cache)
        gateway.ask("write/upper", rows("ada@example.org"))
        model.spoil = fails
        with pytest.raises(ModelFailedError):
            gateway.ask("write/upper", rows("ada@example.org 2"))
    finally:
        serving.gateway._TRACER = before
    good, bad = exporter.get_finished_spans()
    assert good.name == "model.call"
    assert dict(good.attributes) == {"task": "write/upper", "model": "write/upper/upper@1", "rows": 1}
    assert bad.status.description == "ModelFailedError"
    assert "ada@" not in good.to_json() + bad.to_json()

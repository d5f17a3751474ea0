"""Gateway: the one way to ask a model. Route, cache, budget, call, check, sign."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl
from opentelemetry import trace

from serving.answers import AnswerError, Answers, checked, signed
from serving.breaker import Breaker, BreakerOpenError
from serving.budget import Budget
from serving.cache import Cache, inputs_of
from serving.model import Answered, Model, ServingError, identity, shape_of
from serving.registry import Registry
from serving.router import Router

_TRACER = trace.get_tracer("aios.serving")


class SwappedModelError(ServingError):
    """A model that is not, or no longer, the one that was registered under its name."""

    def __init__(self, model: Model, registered: str, found: str) -> None:
        self.model, self.registered, self.found = identity(model), registered, found
        super().__init__(
            f"{self.model} has digest {found[:12]}… and was registered with {registered[:12]}…, so it was swapped;"
            " restore the registered files, or register the new ones as a version of their own"
        )


class ModelFailedError(ServingError):
    """A model that broke off. What was reserved for the call stays booked: it may have been billed."""

    def __init__(self, model: Model, error: BaseException) -> None:
        self.model = identity(model)
        # The message of what it raised may quote a row.
        super().__init__(f"{self.model} failed ({type(error).__name__}); look at its log, and run again")


@dataclass(frozen=True)
class Use:
    """What one model did in a session: who it is, where it stands, and what it was used for.

    `answers` counts rows that it answered for, `cached` the distinct inputs among them that were known already, `calls`
    how often it was really asked.
    """

    task: str
    name: str
    version: str
    digest: str
    registered_digest: str | None
    standing: str | None
    card: Mapping[str, Any]
    answers: int = 0
    calls: int = 0
    cached: int = 0
    cost: Decimal = Decimal(0)
    seconds: float = 0.0


@dataclass(frozen=True)
class _Tally:
    """Counts uses, under any number of threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    uses: dict[tuple[str, str], Use] = field(default_factory=dict)

    def add(self, use: Use) -> None:
        with self.lock:
            key = (f"{use.task}/{use.name}@{use.version}", use.digest)
            was = self.uses.get(key, replace(use, answers=0, calls=0, cached=0, cost=Decimal(0), seconds=0.0))
            self.uses[key] = replace(
                was,
                answers=was.answers + use.answers,
                calls=was.calls + use.calls,
                cached=was.cached + use.cached,
                cost=was.cost + use.cost,
                seconds=was.seconds + use.seconds,
            )


class Gateway:
    """Asks models. With a cache a model is not asked again for what it once answered; never is it asked beyond its budget.

    Two who ask the same at the same moment may both ask: nobody waits for another's call.
    A model with a price needs a budget. `run` is what a run's cap counts by. The gateway may be shared by threads;
    `session()` gives one that counts its uses by itself.
    """

    def __init__(
        self,
        models: Sequence[Model],
        registry: Registry,
        *,
        cache: Cache | None = None,
        budget: Budget | None = None,
        run: str = "",
        canary_share: float = 0.05,
    ) -> None:
        self._registry, self._cache, self._budget, self._run = registry, cache, budget, run
        self._router = Router(models, registry, canary_share=canary_share)
        self._breakers = {identity(model): Breaker(identity(model)) for model in models}
        self._tally, self._asking = _Tally(), threading.Lock()

    def session(self, run: str) -> "Gateway":
        """The same models, cache, budget and breakers, with uses counted from nothing, for this run."""
        other = copy(self)
        other._run, other._tally, other._asking = run, _Tally(), threading.Lock()
        return other

    def digest_of(self, task: str) -> str:
        """Digest of the model that answers a task now; raises ServingError where none does."""
        return self._router.route(task)[0].digest

    def used(self) -> tuple[Use, ...]:
        """Every model that answered in this session, in the order of first use."""
        with self._tally.lock:
            return tuple(self._tally.uses.values())

    def ask(self, task: str, rows: pl.DataFrame, *, key: Sequence[str] | None = None) -> Answers:
        """Answers a task for each row, in order.

        The model reads the columns it declares; `key` are those that tell rows apart (default: all it does not read).
        Equal inputs are asked once. Raises ServingError; answers that came before it are kept in the cache.
        """
        champion, canary = self._router.route(task)
        missing = sorted(set(champion.inputs) - set(rows.columns))
        if missing:
            raise ServingError(f"{identity(champion)} reads {missing}, which the rows lack; select them as well")
        names = [name for name in rows.columns if name not in champion.inputs] if key is None else list(key)
        keys = rows.select(names)
        inputs = inputs_of(champion.inputs, rows)
        table = rows.select(champion.inputs).with_columns(_input=inputs, _sku=_skus(keys, inputs))
        if canary is None:
            return Answers(task, keys, self._answer(champion, table))
        if (tuple(canary.inputs), canary.many) != (tuple(champion.inputs), champion.many):
            raise ServingError(
                f"{identity(canary)} reads or answers otherwise than {identity(champion)}; align the two"
            )
        chosen = table.with_columns(_row=pl.int_range(pl.len()), _canary=self._router.to_canary(inputs))
        parts = [
            part.select("_row").with_columns(values=self._answer(model, part.drop("_row", "_canary")))
            for model, part in ((champion, chosen.filter(~pl.col("_canary"))), (canary, chosen.filter("_canary")))
            if part.height
        ]
        told = pl.concat(parts).sort("_row")["values"] if parts else self._answer(champion, table)
        return Answers(task, keys, told)

    def _answer(self, model: Model, table: pl.DataFrame) -> pl.Series:
        """The signed answers for each row of the table (the model's inputs, `_input`, `_sku`).

        Whoever asks from several threads of a session waits here: what another is being told need not be asked again.
        """
        with self._asking:
            digest = self._digest(model)
            distinct = table.unique("_input", keep="first", maintain_order=True)
            wanted, answers = distinct, []
            if self._cache is not None and distinct.height:
                answers = [self._cache.get(model, digest, distinct["_input"])]
                wanted = distinct.join(
                    answers[0], left_on="_input", right_on="input", how="anti", maintain_order="left"
                )
            self._count(model, digest, answers=table.height, cached=distinct.height - wanted.height)
            answers += [
                self._call(model, digest, batch).with_columns(input=batch["_input"])
                for batch in wanted.iter_slices(max(1, model.batch))
                if batch.height
            ]
            names = list(shape_of(model))
            found = pl.concat([part.select("input", *names) for part in answers]) if answers else None
            if found is None:
                return signed(model, pl.DataFrame(schema=shape_of(model)))
            if not found["input"].equals(table["_input"]):
                asked = table.select(input="_input")
                found = asked.join(found, on="input", how="left", maintain_order="left")
            return signed(model, found.select(names))

    def _call(self, model: Model, digest: str, batch: pl.DataFrame) -> pl.DataFrame:
        """One call: reserve, ask, check, keep, settle."""
        with self._paid(model, batch) as bill:
            start = time.perf_counter()
            attributes: dict[str, str | int] = {"task": model.task, "model": identity(model), "rows": batch.height}
            # An exception's own text may quote a row, so no exception is recorded in the span, only that it failed.
            with _TRACER.start_as_current_span(
                "model.call", attributes=attributes, record_exception=False, set_status_on_exception=False
            ) as span:
                try:
                    answered = self._ask(model, batch.select(model.inputs))
                except ServingError as error:
                    span.set_status(trace.StatusCode.ERROR, type(error).__name__)
                    raise
            seconds = time.perf_counter() - start
            bill.cost = answered.cost
            self._count(model, digest, calls=1, cost=answered.cost, seconds=seconds)
            rows = checked(model, answered.rows, batch.height)
            if self._digest(model) != digest:
                raise SwappedModelError(model, digest, model.digest)
            # Kept before it is settled: what was paid for is not asked again, whatever happens now.
            if self._cache is not None:
                self._cache.put(model, digest, batch["_input"], rows)
        return rows

    def _ask(self, model: Model, batch: pl.DataFrame) -> Answered:
        with self._breakers[identity(model)].call():
            try:
                answered = model.answer(batch)
            except ServingError:
                raise
            except (
                Exception
            ) as error:  # An adapter may raise whatever its library does; nothing of it may pass as no answer.
                raise ModelFailedError(model, error) from error
            if not isinstance(answered.cost, Decimal) or not answered.cost.is_finite() or answered.cost < 0:
                raise AnswerError(model, "answered without a cost that can be booked")
            return answered

    def _paid(self, model: Model, batch: pl.DataFrame) -> "AbstractContextManager[_Bill]":
        if not model.price:
            return nullcontext(_Bill())
        if self._budget is None:
            raise ServingError(f"{identity(model)} costs money and there is no budget; set one before asking it")
        return _Paying(self._budget, self._run, model.price, batch["_sku"])

    def _digest(self, model: Model) -> str:
        """The model's digest as it is now; raises SwappedModelError where another one is registered under its name."""
        digest = model.digest
        entry = self._registry.registered(model.task, model.name, model.version)
        if entry is not None and entry.digest != digest:
            raise SwappedModelError(model, entry.digest, digest)
        return digest

    def _count(self, model: Model, digest: str, **counts: Any) -> None:
        entry = self._registry.registered(model.task, model.name, model.version)
        self._tally.add(
            Use(
                task=model.task,
                name=model.name,
                version=model.version,
                digest=digest,
                registered_digest=entry.digest if entry else None,
                standing=entry.standing.value if entry else None,
                card=entry.card.plain() if entry else {},
                **counts,
            )
        )


@dataclass
class _Bill:
    """What a call turned out to cost; None while it is not known."""

    cost: Decimal | None = None


class _Paying(AbstractContextManager["_Bill"]):
    """Reserves the model's price for each row on entry, and settles what it cost on exit."""

    def __init__(self, budget: Budget, run: str, price: Decimal, skus: pl.Series) -> None:
        self._budget, self._bill, self._rows = budget, _Bill(), len(skus)
        counts = skus.value_counts(name="rows")
        self._counts: dict[str, int] = dict(counts.iter_rows())
        self._reservation = budget.reserve(run, {sku: price * rows for sku, rows in self._counts.items()})

    def __enter__(self) -> _Bill:
        return self._bill

    def __exit__(self, kind: object, error: BaseException | None, trace_: object) -> None:
        if isinstance(error, BreakerOpenError):
            self._budget.release(self._reservation)
        elif self._bill.cost is not None:
            each = self._bill.cost / self._rows
            self._budget.settle(self._reservation, {sku: each * rows for sku, rows in self._counts.items()})
        # Anything else leaves the reservation as it is: whoever failed may still send a bill.


def _skus(keys: pl.DataFrame, inputs: pl.Series) -> pl.Series:
    """Who pays for each row: its key, or its input where it has none."""
    if not keys.width:
        return inputs
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in keys.columns]
    return keys.select(pl.concat_str(parts, separator="/").alias("_sku")).to_series()

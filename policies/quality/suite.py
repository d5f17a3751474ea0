"""Suite: a contract's table-level expectations, judged by Great Expectations over a polars frame."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from policies.candidate import ExpectationFacts
from policies.contract import Expectation
from policies.quality.measures import CONDITIONS

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation as GreatExpectation
    from great_expectations.validator.metric_configuration import MetricConfiguration, MetricConfigurationID

    from policies.quality.engine import PolarsEngine

_BOOLEAN_ONLY = "BOOLEAN_ONLY"
"""Great Expectations' result format without any row value in it."""


def warm() -> threading.Thread:
    """Starts importing Great Expectations (5 s) in the background and returns at once; `run_suite` waits for it."""
    thread = threading.Thread(target=_engine, name="warm-great-expectations", daemon=True)
    thread.start()
    return thread


def run_suite(frame: pl.DataFrame | pl.LazyFrame, expectations: Sequence[Expectation]) -> tuple[ExpectationFacts, ...]:
    """Judges every expectation over the frame; answers in the order given, one for each.

    All are measured in one pass. `success` is None, never True, for an expectation that could not be evaluated:
    of an unknown type, with arguments that do not fit, about a column that is not there. `observed` then says why.
    """
    if not expectations:
        return ()
    engine = _engine()(frame)
    prepared = [_prepare(expectation) for expectation in expectations]
    metrics = engine.resolve_metrics(
        [metric for item in prepared if isinstance(item, _Prepared) for metric in item.metrics.values()]
    )
    return tuple(
        _fact(expectation, _judge(item, metrics, engine))
        for expectation, item in zip(expectations, prepared, strict=True)
    )


@dataclass(frozen=True)
class _Prepared:
    """An expectation as Great Expectations holds it, and the metrics that it asks for by name."""

    expectation: "GreatExpectation"
    metrics: Mapping[str, "MetricConfiguration"]


def _engine() -> "type[PolarsEngine]":
    # Great Expectations takes 5 s to import, and whoever only asks for a schema should not wait for it.
    from policies.quality.engine import PolarsEngine

    return PolarsEngine


def _prepare(expectation: Expectation) -> _Prepared | str:
    """The expectation ready to be measured, or why it cannot be."""
    if expectation.arguments.get("row_condition"):
        return CONDITIONS
    try:
        arguments = orjson.dumps(dict(expectation.arguments), option=orjson.OPT_SORT_KEYS, default=_plain)
    except TypeError:
        return "its arguments are no plain values; use text, numbers, times and lists of them"
    return _prepared(expectation.type, arguments)


def _plain(value: object) -> object:
    match value:
        case set() | frozenset():
            return sorted(value, key=str)
        case Decimal():
            return float(value)
        case _:
            raise TypeError(type(value).__name__)


@lru_cache(maxsize=4096)
def _prepared(name: str, arguments: bytes) -> _Prepared | str:
    # Deferred as in _engine, and by now paid for.
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError, GreatExpectationsError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        great = get_expectation_impl(name)(**orjson.loads(arguments))
        asked = great.get_validation_dependencies(None, {"result_format": {"result_format": _BOOLEAN_ONLY}})
    except ExpectationNotFoundError:
        return f"Great Expectations knows no {name}; check its spelling"
    except (GreatExpectationsError, ValueError, TypeError, AssertionError, KeyError, AttributeError) as error:
        # Whatever Great Expectations raises here is about the contract's own arguments: no row has been seen yet.
        first = str(error).strip().splitlines() or [""]
        return f"its arguments do not fit ({type(error).__name__}: {' '.join(first)[:200]})"
    return _Prepared(great, asked.metric_configurations)


def _judge(
    item: _Prepared | str, metrics: "dict[MetricConfigurationID, Any]", engine: "PolarsEngine"
) -> tuple[bool | None, str]:
    if isinstance(item, str):
        return None, f"not evaluated: {item}"
    if why := [engine.failures[metric.id] for metric in item.metrics.values() if metric.id in engine.failures]:
        return None, f"not evaluated: {why[0]}"
    values = {name: metrics[metric.id] for name, metric in item.metrics.items()}
    try:
        answer = item.expectation.metrics_validate(
            metrics, {"result_format": {"result_format": _BOOLEAN_ONLY}}, engine
        ).success
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # Its comparison of a measured value with a bound of another kind; the message may quote the value.
        return None, f"not evaluated: what was measured cannot be compared with its arguments ({type(error).__name__})"
    # Numpy's True is not Python's.
    return None if answer is None else bool(answer), _sentence(values)


def _sentence(values: Mapping[str, Any]) -> str:
    """What was measured, in one plain sentence; of text only how many, never what."""
    rows = values.get("table.row_count")
    broken = {name: value for name, value in values.items() if name.endswith(".unexpected_count")}
    missing = broken.pop("column_values.nonnull.unexpected_count", None) if len(broken) > 1 else None
    if broken:
        (count,) = broken.values()
        broke = f"{count:,} of {rows:,} rows break it"
        return f"{broke}, {missing:,} have no value" if missing else broke
    if "table.columns" in values:
        return "the columns are " + ", ".join(values["table.columns"])
    told = [f"{_label(name)} is {_shown(value)}" for name, value in values.items() if value != []]
    return "; ".join(told) or "nothing was measured"


def _label(metric: str) -> str:
    return metric.removeprefix("table.").removeprefix("column.").replace("_", " ").replace(".", " ")


def _shown(value: Any) -> str:
    match value:
        case None:
            return "undefined, no value is there"
        case int() | float():
            return f"{value:,.12g}"
        case date() | datetime():
            return value.isoformat()
        case list() if all(isinstance(item, int | float) for item in value):
            return ", ".join(map(_shown, value))
        case list():
            return f"{len(value):,} values, not shown"
        case _:
            return "a text, not shown"


def _fact(expectation: Expectation, judged: tuple[bool | None, str]) -> ExpectationFacts:
    success, observed = judged
    arguments = expectation.arguments
    named = [arguments[name] for name in ("column", "column_A", "column_B") if name in arguments]
    listed = arguments.get("column_list") or arguments.get("column_set") or ()
    columns = [*named, *(listed if isinstance(listed, list | tuple | set | frozenset) else ())]
    return ExpectationFacts(expectation.type, tuple(str(column) for column in columns), success, observed)

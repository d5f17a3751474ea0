"""Engine: Great Expectations' execution engine over polars, with every metric of a suite in one select.

Importing this module imports Great Expectations, about 5 s of one core. `policies.quality.suite` defers it.
"""

import logging
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import polars as pl

from policies.quality.column import UnmeasurableError
from policies.quality.measures import CONDITIONS, Measure, measure

with warnings.catch_warnings():
    # Great Expectations imports these deprecated modules, and where warnings are errors that would end its import.
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants  # noqa: F401 - imported here only so that its warning is spent
    import sre_parse  # noqa: F401 - as above

from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.validator.metric_configuration import MetricConfiguration, MetricConfigurationID

# Great Expectations sends every warning of the process to a logger as it is imported; that is not its to decide.
logging.captureWarnings(capture=False)

_UNSHOWN = ("column.distinct_values.not_in_set", "column.distinct_values.missing_from_column")
"""Metrics that are lists of row values for a report. Counts decide, and no row value leaves this engine."""


class PolarsEngine(ExecutionEngine[pl.Expr]):
    """Resolves metrics over one frame. What cannot be measured is absent from the answer and said in `failures`."""

    def __init__(self, frame: pl.DataFrame | pl.LazyFrame) -> None:
        super().__init__(caching=False)
        self._frame = frame.lazy()
        self._schema = self._frame.collect_schema()
        self.failures: dict[MetricConfigurationID, str] = {}

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[MetricConfigurationID, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002 - part of the overridden signature
    ) -> dict[MetricConfigurationID, Any]:
        """Answers all metrics in one pass over the frame, and in a second one over rows whose hashes collide."""
        answers: dict[MetricConfigurationID, Any] = dict(metrics or {})
        planned: dict[MetricConfigurationID, Measure] = {}
        for metric in metrics_to_resolve:
            if metric.id in answers or metric.id in planned:
                continue
            try:
                if (known := self._known(metric)) is not None:
                    answers[metric.id] = known
                else:
                    planned[metric.id] = measure(
                        metric.metric_name, metric.metric_domain_kwargs, metric.metric_value_kwargs, self._schema
                    )
            except UnmeasurableError as error:
                self.failures[metric.id] = str(error)
        answers |= self._select(
            {key: plan.proof if plan.proof is not None else plan.expr for key, plan in planned.items()}
        )
        for key, plan in planned.items():
            if plan.suspects is not None and answers.get(key):
                answers |= self._select({key: plan.expr}, self._frame.filter(plan.suspects))
        return answers

    def _known(self, metric: MetricConfiguration) -> Any:
        """What the schema alone answers; None for anything else."""
        if metric.metric_name in _UNSHOWN:
            return []
        if metric.metric_name == "table.columns":
            return self._schema.names()
        if metric.metric_name == "table.column_count":
            return len(self._schema)
        return None

    def _select(
        self, wanted: Mapping[MetricConfigurationID, pl.Expr], frame: pl.LazyFrame | None = None
    ) -> dict[MetricConfigurationID, Any]:
        if not wanted:
            return {}
        chosen = [expr.alias(str(number)) for number, expr in enumerate(wanted.values())]
        try:
            row = (self._frame if frame is None else frame).select(chosen).collect().row(0)
        except pl.exceptions.PolarsError as error:
            if len(wanted) > 1:
                parts = [self._select({key: expr}, frame) for key, expr in wanted.items()]
                return {key: value for part in parts for key, value in part.items()}
            # The message may quote a value of the frame, so only its kind is told.
            kind = type(error).__name__
            (key,) = wanted
            self.failures[key] = f"polars cannot compute it ({kind}); check that it fits the column's type"
            return {}
        return dict(zip(wanted, row, strict=True))

    # Great Expectations declares these abstract. A frame is handed over, never fetched, and conditions are refused
    # before they get here.

    def get_batch_data_and_markers(self, batch_spec: object) -> NoReturn:  # noqa: ARG002 - overridden signature
        """Refuses: the engine is made of its frame."""
        raise UnmeasurableError("this engine is made of its frame and fetches none; make one of the other frame")

    def _refused_condition(self, condition: object) -> NoReturn:  # noqa: ARG002 - overridden signature
        raise UnmeasurableError(CONDITIONS)

    _comparison_condition_to_filter_clause = _refused_condition
    _nullity_condition_to_filter_clause = _refused_condition
    _and_condition_to_filter_clause = _refused_condition
    _or_condition_to_filter_clause = _refused_condition

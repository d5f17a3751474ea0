"""Telemetry: spans, a few metrics and trace ids in log lines; set up once, and nothing personal gets out.

Import costs nothing to speak of: OpenTelemetry's API (0.04 s) and SDK (0.15 s, with exporters 0.3 s) are imported when
they are first used. Telemetry never stops the work: what cannot be set up is told in `Telemetry.problems`.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, Histogram
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span

SCOPE = "aios"
FORMAT = "%(asctime)s %(levelname)s %(name)s trace=%(trace_id)s %(message)s"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TelemetrySettings:
    """Where telemetry goes. Everything empty: spans are real, their ids valid, and nothing leaves the process.

    `otlp` exports as the OTEL_EXPORTER_OTLP_* variables say; `otlp_seconds` bounds an export with its retries (None: as
    those say), for a collector that is gone holds the end of the process up for as long. `prometheus_port` serves
    metrics on `prometheus_host` (0 takes a free port). `spans` is a folder whose `spans.jsonl` holds the latest spans,
    `spans_bytes` at most. `disabled` sets nothing up, and there are no trace ids.
    """

    otlp: bool = False
    otlp_seconds: float | None = 1.5
    prometheus_port: int | None = None
    prometheus_host: str = "127.0.0.1"
    spans: Path | None = None
    spans_bytes: int = 16 * 1024 * 1024
    disabled: bool = False


def settings_of(environment: Mapping[str, str], *, spans: Path | None = None) -> TelemetrySettings:
    """What OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED, AIOS_PROMETHEUS_PORT and AIOS_PROMETHEUS_HOST say.

    A port that is none is told in the log and not served.
    """
    told = environment.get("AIOS_PROMETHEUS_PORT", "").strip()
    port = int(told) if told.isascii() and told.isdigit() and int(told) < 65536 else None
    if told and port is None:
        _log.warning("AIOS_PROMETHEUS_PORT is no port from 0 to 65535: metrics are not served")
    return TelemetrySettings(
        otlp=bool(environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()),
        otlp_seconds=None if environment.get("OTEL_EXPORTER_OTLP_TIMEOUT") else 1.5,
        prometheus_port=port,
        prometheus_host=environment.get("AIOS_PROMETHEUS_HOST", "").strip() or "127.0.0.1",
        spans=spans,
        disabled=environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true",
    )


@dataclass(frozen=True)
class Telemetry:
    """What was set up: the address of the metrics where they are served, the file of spans, and what did not work."""

    metrics_address: str | None = None
    spans_file: Path | None = None
    problems: tuple[str, ...] = ()
    flushing: tuple[Callable[[int], bool], ...] = ()

    def flush(self, seconds: float = 5.0) -> bool:
        """Hands on what waits in the exporters, within about this time; False where that did not work."""
        ends = time.monotonic() + seconds
        # Each gets its turn, whatever the one before it said.
        flushed = [flush(max(1, int((ends - time.monotonic()) * 1000))) for flush in self.flushing]
        return all(flushed)


_lock = threading.Lock()
# OpenTelemetry's providers are one a process and cannot be replaced, so this is too.
_done: list[Telemetry] = []


def setup(settings: TelemetrySettings) -> Telemetry:
    """Sets tracing and metrics up, once a process: later calls answer what the first one did.

    Where somebody has set an SDK up before, our exporters join its tracer provider.
    """
    with _lock:
        if not _done:
            _done.append(Telemetry() if settings.disabled else _set_up(settings))
        return _done[0]


def _set_up(settings: TelemetrySettings) -> Telemetry:
    # 0.15 s, which a command that only prints help must not pay.
    from opentelemetry import metrics, trace
    from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
    from opentelemetry.sdk.metrics.view import DropAggregation, View
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    problems: list[str] = []
    processors, spans_file = _processors(settings, problems)
    readers, address = _readers(settings, problems)
    resource = Resource.create().merge(Resource({} if _named() else {"service.name": SCOPE}))

    tracers = trace.get_tracer_provider()
    if not isinstance(tracers, TracerProvider):
        tracers = TracerProvider(resource=resource)
        trace.set_tracer_provider(tracers)
    for processor in processors:
        tracers.add_span_processor(processor)

    flushing: list[Callable[[int], bool]] = [tracers.force_flush]
    if isinstance(metrics.get_meter_provider(), MeterProvider):
        if readers:
            problems.append("metrics are set up by somebody else already, so ours go where those go")
    elif readers:
        # Only our own instruments leave, and without exemplars: those would carry attributes of any library.
        meters = MeterProvider(
            metric_readers=readers,
            resource=resource,
            exemplar_filter=AlwaysOffExemplarFilter(),
            views=[View(instrument_name="*", aggregation=DropAggregation()), View(meter_name=SCOPE)],
        )
        metrics.set_meter_provider(meters)
        flushing.append(meters.force_flush)
    for problem in problems:
        _log.warning("telemetry: %s", problem)
    return Telemetry(address, spans_file, tuple(problems), tuple(flushing))


def _named() -> bool:
    from os import environ

    return bool(environ.get("OTEL_SERVICE_NAME")) or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")


def _processors(settings: TelemetrySettings, problems: list[str]) -> tuple[list["SpanProcessor"], Path | None]:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    from aios_assets.spans import RedactingProcessor, SpanFile

    processors: list[SpanProcessor] = []
    spans_file = None
    if settings.otlp:
        # 0.15 s more: protobuf and an HTTP client.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        processors.append(RedactingProcessor(BatchSpanProcessor(OTLPSpanExporter(timeout=settings.otlp_seconds))))
    if settings.spans is not None:
        try:
            settings.spans.mkdir(parents=True, exist_ok=True)
        except OSError as broken:
            problems.append(f"spans are not kept: {settings.spans} cannot be made ({broken.strerror})")
        else:
            spans_file = settings.spans / "spans.jsonl"
            processors.append(RedactingProcessor(SimpleSpanProcessor(SpanFile(spans_file, settings.spans_bytes))))
    return processors, spans_file


def _readers(settings: TelemetrySettings, problems: list[str]) -> tuple[list["MetricReader"], str | None]:
    readers: list[MetricReader] = []
    address = None
    if settings.otlp:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter(timeout=settings.otlp_seconds)))
    if settings.prometheus_port is not None:
        # 0.02 s on top of the SDK.
        from opentelemetry.exporter.prometheus import PrometheusMetricReader
        from prometheus_client import CollectorRegistry, start_http_server

        registry = CollectorRegistry()
        try:
            server, _ = start_http_server(settings.prometheus_port, settings.prometheus_host, registry)
        except OSError as taken:
            where = f"{settings.prometheus_host}:{settings.prometheus_port}"
            problems.append(f"metrics are not served on {where} ({taken.strerror}): free the port or choose another")
        else:
            readers.append(PrometheusMetricReader(registry=registry))
            address = f"http://{settings.prometheus_host}:{server.server_port}/metrics"
    return readers, address


@contextmanager
def span(name: str, **attributes: str | float) -> Iterator["Span"]:
    """A span around a piece of work; an exception marks it as failed with its class, never with its words.

    Attributes that are on the list of aios_assets.spans get out, and no others.
    """
    from opentelemetry import trace
    from opentelemetry.trace import Status, StatusCode

    tracer = trace.get_tracer(SCOPE)
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as current:
        current.set_attributes(attributes)
        try:
            yield current
        except BaseException as raised:
            current.set_attribute("error", type(raised).__name__)
            current.set_status(Status(StatusCode.ERROR))
            raise


def current_trace_id() -> str | None:
    """The W3C trace id of the span that is open here, 32 hexadecimal digits; None where there is none."""
    # Without the API imported no span can be open, and a log line is no reason to import it.
    if "opentelemetry.trace" not in sys.modules:
        return None
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def record_stage(stage: str, *, seconds: float, rows: int, cost: Decimal, outcome: str) -> None:
    """Counts one attempt of a stage: seconds, rows considered, cost in the currency of the budget, how it ended."""
    duration, counted, spent = _instruments()
    told = {"stage": stage, "outcome": outcome}
    duration.record(seconds, told)
    counted.add(rows, told)
    # Telemetry only: the ledger holds the exact decimal.
    spent.add(float(cost), told)


def record_review(verdict: str, *, seconds: float | None) -> None:
    """Counts one person's decision, and how long the look took, where that was measured."""
    from opentelemetry import metrics

    meter = metrics.get_meter(SCOPE)
    meter.create_counter("aios.review.decisions", unit="{decision}", description="Decisions by people").add(
        1, {"outcome": verdict}
    )
    if seconds is not None:
        taken = meter.create_histogram(
            "aios.review.duration", unit="s", description="Seconds that a person's look took"
        )
        taken.record(seconds, {"outcome": verdict})


@cache
def _instruments() -> tuple["Histogram", "Counter", "Counter"]:
    from opentelemetry import metrics

    meter = metrics.get_meter(SCOPE)
    return (
        meter.create_histogram("aios.stage.duration", unit="s", description="Seconds that a stage's attempt took"),
        meter.create_counter("aios.stage.rows", unit="{row}", description="Rows that a stage's attempts considered"),
        meter.create_counter("aios.stage.cost", unit="1", description="What a stage's model calls cost"),
    )


class TraceIds(logging.Filter):
    """Gives every log record a `trace_id`, `-` outside of any span."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.trace_id = current_trace_id() or "-"
        return True


def log_handler(stream: TextIO | None = None) -> logging.Handler:
    """A handler whose lines carry UTC time and trace id; to stderr where no stream is given."""
    handler = logging.StreamHandler(stream)
    formatter = logging.Formatter(FORMAT)
    formatter.converter = time.gmtime
    formatter.default_time_format, formatter.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    handler.setFormatter(formatter)
    handler.addFilter(TraceIds())
    return handler

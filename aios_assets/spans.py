"""Spans: what of them may leave the process, and a bounded file of the latest. Imports the SDK: 0.15 s.

A span is written by our code and by any instrumented library, exceptions with their messages included. So what leaves
is what is on these lists and looks like it; the rest is dropped, without a trace of it.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status, format_span_id, format_trace_id
from opentelemetry.util.types import AttributeValue

NUMBERS = frozenset(
    {
        "answers",
        "attempt",
        "batch",
        "bytes",
        "cached",
        "considered",
        "cost",
        "entries",
        "files",
        "ledger_index",
        "quarantined",
        "recomputed",
        "refusals",
        "rows",
        "seconds",
        "tokens_in",
        "tokens_out",
        "unchanged",
        "version",
    }
)
"""Attributes that are numbers or truth values."""

NAMES = frozenset(
    {"engine", "error", "job", "kind", "location", "model", "outcome", "profile", "rule", "stage", "table", "task"}
)
"""Attributes that are names out of our code, contracts and registries."""

DIGESTS = frozenset({"draft", "model_digest", "permit", "policy", "run_id"})
"""Attributes that are digests or UUIDs."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,127}")
_DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SPAN = re.compile(r"[a-z][a-z_. ]{0,47}")


def allowed(attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    """The attributes that may leave."""
    kept: dict[str, AttributeValue] = {}
    for key, value in attributes.items():
        match value:
            case bool() | int() | float():
                fits = key in NUMBERS
            case str():
                fits = bool((key in NAMES and _NAME.fullmatch(value)) or (key in DIGESTS and _DIGEST.fullmatch(value)))
            case _:
                fits = False
        if fits:
            kept[key] = value
    return kept


def redacted(span: ReadableSpan) -> ReadableSpan:
    """The span without anything that may not leave: no events, no status text, only allowed attributes."""
    return ReadableSpan(
        name=span.name if _SPAN.fullmatch(span.name) else "span",
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=allowed(span.attributes or {}),
        events=(),
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


class RedactingProcessor(SpanProcessor):
    """Hands another processor the redacted span, and so whatever exporter stands behind it."""

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner

    def on_start(self, span: Span, parent_context: object = None) -> None:
        """Nothing: what a span starts with may not leave either."""

    def on_end(self, span: ReadableSpan) -> None:
        """Redacts and passes on."""
        self._inner.on_end(redacted(span))

    def shutdown(self) -> None:
        """Passes on."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Passes on."""
        return self._inner.force_flush(timeout_millis)


class SpanFile(SpanExporter):
    """Appends spans to a file, one JSON object a line; half full, it becomes `<file>.1` and a new one begins.

    So `limit` bounds the bytes of both together. Many processes may share it. Nothing is synced: this is telemetry.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._path, self._limit = path, limit

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Writes; a disk that says no costs spans and nothing else."""
        text = b"".join(_line(span) for span in spans)
        if len(text) > self._limit // 2:
            return SpanExportResult.FAILURE
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                if os.fstat(file).st_size + len(text) > self._limit // 2:
                    self._path.replace(self._path.with_name(f"{self._path.name}.1"))
                    os.close(file)
                    file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
                os.write(file, text)
            finally:
                os.close(file)
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


def _line(span: ReadableSpan) -> bytes:
    context, began, ended = span.get_span_context(), span.start_time or 0, span.end_time or 0
    return orjson.dumps(
        {
            "name": span.name,
            "trace_id": format_trace_id(context.trace_id) if context else None,
            "span_id": format_span_id(context.span_id) if context else None,
            "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
            "began_ns": began,
            "seconds": (ended - began) / 1e9,
            "status": span.status.status_code.name,
            "attributes": dict(span.attributes or {}),
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )

"""OpenTelemetry's providers are one a process: what sets them up runs in a process of its own."""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from aios_assets.spans import RedactingProcessor, SpanFile, allowed
from aios_assets.telemetry import TelemetrySettings, current_trace_id, log_handler, settings_of

ROOT = Path(__file__).parents[2]
PERSONAL = "jane.doe@example.org +49 151 12345678"


def python(code: str, **environment: str) -> dict[str, Any]:
    """Runs the code with telemetry at hand; what it leaves in `told` comes back."""
    begin = (
        "import json, os, sys, logging\nfrom decimal import Decimal\nfrom pathlib import Path\n"
        "from aios_assets.telemetry import *\nfrom aios_assets import telemetry\ntold = {}\n"
    )
    made = subprocess.run(
        [sys.executable, "-W", "error", "-c", begin + code + "\nprint(json.dumps(told))"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "NO_PROXY": "127.0.0.1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    told: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return told | {"stderr": made.stderr}


class Collector(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {"/v1/traces": [], "/v1/metrics": []}
        super().__init__(("127.0.0.1", 0), CollectorHandler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class CollectorHandler(BaseHTTPRequestHandler):
    server: Collector

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.server.bodies[self.path].append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_without_anything_asked_spans_are_real_and_nothing_leaves() -> None:
    told = python(
        "t = setup(settings_of(os.environ))\n"
        "told['before'] = current_trace_id()\n"
        "with span('run'):\n"
        "    told['outer'] = current_trace_id()\n"
        "    with span('stage', stage='products'):\n"
        "        told['inner'] = current_trace_id()\n"
        "told['after'] = current_trace_id()\n"
        "told['problems'] = t.problems; told['flushed'] = t.flush()\n"
        "record_stage('products', seconds=0.1, rows=1, cost=Decimal(0), outcome='admitted')\n"
        "told['otlp'] = [m for m in sys.modules if 'otlp' in m or 'prometheus' in m]\n"
    )
    assert told["before"] is None
    assert told["after"] is None
    assert told["outer"] == told["inner"]
    assert len(told["outer"]) == 32
    assert int(told["outer"], 16) > 0
    assert (told["problems"], told["flushed"], told["otlp"], told["stderr"]) == ([], True, [], "")


def test_setting_up_twice_changes_nothing(tmp_path: Path) -> None:
    told = python(
        f"a = setup(TelemetrySettings(spans=Path({str(tmp_path)!r})))\n"
        "b = setup(TelemetrySettings(prometheus_port=0))\n"
        "told['same'] = a is b\n"
        "with span('run'): pass\n"
    )
    assert told["same"] is True
    assert told["stderr"] == ""
    assert len((tmp_path / "spans.jsonl").read_text().splitlines()) == 1


def test_a_disabled_sdk_is_never_imported() -> None:
    told = python(
        "setup(settings_of(os.environ))\n"
        "with span('run') as s: s.set_attribute('rows', 1); told['id'] = current_trace_id()\n"
        "record_stage('products', seconds=0.1, rows=1, cost=Decimal(0), outcome='admitted')\n"
        "told['sdk'] = [m for m in sys.modules if m.startswith('opentelemetry.sdk')]\n",
        OTEL_SDK_DISABLED="TRUE",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1",
    )
    assert told["id"] is None
    assert told["sdk"] == []


def test_an_sdk_that_somebody_else_set_up_is_joined(tmp_path: Path) -> None:
    told = python(
        "from opentelemetry import trace\nfrom opentelemetry.sdk.trace import TracerProvider\n"
        "theirs = TracerProvider(); trace.set_tracer_provider(theirs)\n"
        f"setup(TelemetrySettings(spans=Path({str(tmp_path)!r})))\n"
        "told['theirs'] = trace.get_tracer_provider() is theirs\n"
        "with span('run'): pass\n"
    )
    assert told["theirs"] is True
    assert told["stderr"] == ""
    assert (tmp_path / "spans.jsonl").exists()


def test_nothing_personal_reaches_a_collector(collector: Collector) -> None:
    told = python(
        f"t = setup(settings_of(os.environ))\nsecret = {PERSONAL!r}\n"
        "from opentelemetry import trace, metrics\n"
        "try:\n"
        "    with span('stage', stage='products', rows=7, note=secret, table=secret) as s:\n"
        "        told['id'] = current_trace_id()\n"
        "        s.add_event(secret, {'stage': secret}); s.record_exception(ValueError(secret))\n"
        "        raise ValueError(secret)\n"
        "except ValueError: pass\n"
        "try:\n"
        "    with trace.get_tracer('library').start_as_current_span(secret, attributes={'http.url': secret}):\n"
        "        raise ValueError(secret)\n"
        "except ValueError: pass\n"
        "record_stage('products', seconds=1.5, rows=7, cost=Decimal('0.25'), outcome='admitted')\n"
        "metrics.get_meter('library').create_counter('theirs').add(1, {'who': secret, 'stage': secret})\n"
        "told['flushed'] = t.flush()\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_SERVICE_NAME="shop",
    )
    assert told["flushed"] is True
    raw = b"".join(body for bodies in collector.bodies.values() for body in bodies)
    for piece in (b"jane", b"example.org", b"12345678", b"theirs"):
        assert piece not in raw
    spans, service = [], set()
    for body in collector.bodies["/v1/traces"]:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service |= {a.value.string_value for a in resource.resource.attributes if a.key == "service.name"}
            spans += [found for scope in resource.scope_spans for found in scope.spans]
    assert service == {"shop"}
    ours = next(s for s in spans if s.name == "stage")
    assert ours.trace_id.hex() == told["id"]
    assert {a.key: a.value.string_value or a.value.int_value for a in ours.attributes} == {
        "stage": "products",
        "rows": 7,
        "error": "ValueError",
    }
    assert (ours.status.code, ours.status.message, list(ours.events)) == (2, "", [])
    assert {s.name for s in spans} == {"stage", "span"}
    points = {}
    for body in collector.bodies["/v1/metrics"]:
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for metric in (m for scope in resource.scope_metrics for m in scope.metrics):
                points[metric.name] = (metric.sum or metric.histogram).data_points
    assert set(points) == {"aios.stage.duration", "aios.stage.rows", "aios.stage.cost"}


def test_prometheus_serves_what_stages_took() -> None:
    told = python(
        "from urllib.request import urlopen\n"
        "t = setup(settings_of(os.environ))\n"
        "for _ in range(2): record_stage('products', seconds=1.5, rows=7, cost=Decimal('0.25'), outcome='admitted')\n"
        "told['text'] = urlopen(t.metrics_address).read().decode()\n",
        AIOS_PROMETHEUS_PORT="0",
    )
    lines = [line for line in told["text"].splitlines() if not line.startswith("#")]
    value = {line.split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in lines if 'stage="products"' in line}
    assert value["aios_stage_rows_total"] == 14
    assert value["aios_stage_cost_total"] == 0.5
    assert value["aios_stage_duration_seconds_sum"] == 3.0
    assert value["aios_stage_duration_seconds_count"] == 2


def test_what_cannot_be_set_up_is_told_and_stops_nothing(collector: Collector, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = python(
        f"spans = Path({str(tmp_path / 'file')!r})\n"
        f"t = setup(TelemetrySettings(prometheus_port={collector.server_address[1]}, spans=spans))\n"
        "told['problems'] = t.problems\n"
        "with span('run'): told['id'] = current_trace_id()\n"
    )
    assert len(told["problems"]) == 2
    assert told["id"]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["gone", pytest.param("silent", marks=pytest.mark.slow)])
def test_a_collector_that_does_not_answer_holds_nobody_up(how: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if how == "silent":
            listening.listen()
        begun = time.monotonic()
        told = python(
            "setup(settings_of(os.environ))\n"
            "with span('run'): told['id'] = current_trace_id()\n"
            "record_stage('products', seconds=0.1, rows=1, cost=Decimal(0), outcome='admitted')\n",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{listening.getsockname()[1]}",
        )
        took = time.monotonic() - begun
    assert told["id"]
    print(f"a {how} collector: {took:.1f} s")
    # Two exports of 1.5 s each, and the process itself, on a busy machine; left to itself, each would try for 10 s.
    assert took < 18


def test_import_brings_nothing_of_opentelemetry() -> None:
    made = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import aios_assets.telemetry"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "aios_assets.telemetry" in made.stderr
    assert "opentelemetry" not in made.stderr


@pytest.mark.parametrize(
    ("told", "port"), [("9464", 9464), ("0", 0), ("", None), ("no", None), ("70000", None), ("-1", None), ("٣", None)]
)
def test_a_port_is_a_port(told: str, port: int | None, caplog: pytest.LogCaptureFixture) -> None:
    assert settings_of({"AIOS_PROMETHEUS_PORT": told}).prometheus_port == port
    assert bool(caplog.records) == (port is None and told != "")


def test_settings_come_from_the_usual_variables(tmp_path: Path) -> None:
    assert settings_of({}) == TelemetrySettings()
    made = settings_of({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, spans=tmp_path)
    assert made == TelemetrySettings(otlp=True, disabled=True, spans=tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stage", "jane doe"), ("stage", "jane@example.org"), ("stage", "12345"), ("stage", ""), ("stage", "x" * 129),
        ("stage", 5), ("stage", ("a",)), ("rows", "7"), ("permit", "4915112345678"), ("permit", "A" * 64),
        ("title", "x"), ("email", 5), ("rows", (1, 2)),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_or_does_not_look_like_it_is_dropped(key: str, value: Any) -> None:
    assert allowed({key: value}) == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stage", "products"), ("task", "extract/colour"), ("rows", 7), ("seconds", 0.5), ("cached", True),
        ("permit", "a" * 64), ("run_id", "0190f3c2-7b1e-7c3a-9c46-0a7b7c1d2e3f"), ("rule", "privacy/no-raw-pii"),
    ],
)  # fmt: skip
def test_what_is_on_the_list_leaves(key: str, value: Any) -> None:
    assert allowed({key: value}) == {key: value}


def test_a_redacted_span_keeps_its_place_in_the_trace() -> None:
    seen = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(RedactingProcessor(SimpleSpanProcessor(seen)))
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("run") as outer, tracer.start_as_current_span("stage"):
        pass
    inner, whole = seen.get_finished_spans()
    assert whole.context == outer.get_span_context()
    assert inner.parent == whole.context
    assert inner.end_time is not None
    assert inner.start_time is not None
    assert inner.end_time >= inner.start_time


def test_the_span_file_is_bounded(tmp_path: Path) -> None:
    path, limit = tmp_path / "spans.jsonl", 4096
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(RedactingProcessor(SimpleSpanProcessor(SpanFile(path, limit))))
    tracer = provider.get_tracer("t")
    for number in range(200):
        with tracer.start_as_current_span("stage", attributes={"stage": "products", "rows": number}):
            pass
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["spans.jsonl", "spans.jsonl.1"]
    assert sum(file.stat().st_size for file in files) <= limit
    latest = [json.loads(line) for file in reversed(files) for line in file.read_bytes().splitlines()]
    assert [span["attributes"]["rows"] for span in latest] == list(range(200 - len(latest), 200))
    assert latest[-1]["status"] == "UNSET"
    assert latest[-1]["seconds"] >= 0


def test_log_lines_carry_the_trace_id() -> None:
    stream = StringIO()
    handler, log = log_handler(stream), logging.getLogger("test.telemetry")
    log.addHandler(handler)
    try:
        provider = TracerProvider(shutdown_on_exit=False)
        with provider.get_tracer("t").start_as_current_span("run"):
            log.warning("inside")
            told = current_trace_id()
        log.warning("outside")
    finally:
        log.removeHandler(handler)
    inside, outside = stream.getvalue().splitlines()
    assert f"trace={told} inside" in inside
    assert "trace=- outside" in outside
    assert inside.split(" ")[0].endswith("Z")

"""The OPA server's side of the port: whose answer is taken, and what every other answer is called."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from candidates import COLOURS

from policies.bundle import Bundle
from policies.engine import (
    RULES,
    VERDICT,
    AnswerMalformedError,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineTooSlowError,
    WrongBundleError,
)
from policies.gate import ENGINE_ANSWERS, Gate
from policies.opa import OpaEngine


class _Server(ThreadingHTTPServer):
    status = 200
    body = b""
    seen: list[str | None]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(self.headers["Authorization"])
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def serving(body: Any, *, status: int = 200) -> Iterator[tuple[str, list[str | None]]]:
    """An HTTP server that answers every question with this; its address, and the credentials it was shown."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.status, server.seen = status, []
    server.body = body if isinstance(body, bytes) else json.dumps(body).encode()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def provenance(bundle: Bundle, **changed: Any) -> dict[str, Any]:
    return {"version": "1.22.2", "bundles": {"aios": {"revision": bundle.revision}}, **changed}


def test_an_answer_with_our_revision_is_taken(bundle: Bundle) -> None:
    """The twin of every refusal below."""
    with serving({"result": [1], "provenance": provenance(bundle)}) as (url, _):
        assert OpaEngine(bundle, url=url).decide(RULES, b"{}") == [1]


def test_the_token_is_shown(bundle: Bundle) -> None:
    with serving({"result": [1], "provenance": provenance(bundle)}) as (url, seen):
        OpaEngine(bundle, url=url, token="t0k").decide(RULES, b"{}")
        OpaEngine(bundle, url=url).decide(RULES, b"{}")
    assert seen == ["Bearer t0k", None]


def answers(bundle: Bundle) -> dict[str, tuple[Any, type[Exception], str]]:
    """What a server may send that is no answer."""
    other = {"revision": "0" * 64}
    ours = {"revision": bundle.revision}
    return {
        "no JSON": (b"<html>", AnswerMalformedError, "no JSON"),
        "truncated": (b'{"result": tr', AnswerMalformedError, "no JSON"),
        "nothing": (b"", AnswerMalformedError, "no JSON"),
        "a list": ([], AnswerMalformedError, "which bundle"),
        "true": ("true", AnswerMalformedError, "which bundle"),
        "an empty object": ({}, AnswerMalformedError, "which bundle"),
        "no provenance": ({"result": True}, AnswerMalformedError, "which bundle"),
        "undefined": ({"provenance": provenance(bundle)}, AnswerUndefinedError, "undefined"),
        "another revision": (
            {"result": 1, "provenance": provenance(bundle, bundles={"aios": other})},
            WrongBundleError,
            "answers from revision",
        ),
        "two bundles": (
            {"result": 1, "provenance": provenance(bundle, bundles={"aios": ours, "more": other})},
            WrongBundleError,
            "answers from revision",
        ),
        "no bundle": ({"result": 1, "provenance": {"version": "1.22.2"}}, WrongBundleError, "answers from revision"),
        "odd bundles": (
            {"result": 1, "provenance": provenance(bundle, bundles={"aios": bundle.revision})},
            WrongBundleError,
            "answers from revision",
        ),
        "an old server": (
            {"result": 1, "provenance": provenance(bundle, version="1.21.2")},
            WrongBundleError,
            "oldest allowed is 1.22.2",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "no JSON",
        "truncated",
        "nothing",
        "a list",
        "true",
        "an empty object",
        "no provenance",
        "undefined",
        "another revision",
        "two bundles",
        "no bundle",
        "odd bundles",
        "an old server",
    ],
)
def test_any_other_answer_is_none(bundle: Bundle, name: str) -> None:
    body, error, said = answers(bundle)[name]
    with serving(body) as (url, _):
        engine = OpaEngine(bundle, url=url)
        with pytest.raises(error, match=said):
            engine.decide(VERDICT, b"{}")
        assert [one.rule for one in Gate(engine, "run").judge(COLOURS).refusals] == [ENGINE_ANSWERS]


def test_an_error_status_is_told_without_its_body(bundle: Bundle) -> None:
    with serving({"message": "jane@example.org"}, status=500) as (url, _):
        with pytest.raises(EngineFailedError, match="500") as caught:
            OpaEngine(bundle, url=url).decide(VERDICT, b"{}")
        assert "jane" not in str(caught.value)


def test_a_server_that_is_gone_is_missing(bundle: Bundle) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(EngineMissingError, match="cannot be reached"):
        OpaEngine(bundle, url=url).decide(VERDICT, b"{}")


def test_a_server_that_stays_silent_is_too_slow(bundle: Bundle) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = OpaEngine(bundle, url=f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=0.2)
        with pytest.raises(EngineTooSlowError, match=r"0\.2 seconds"):
            engine.decide(VERDICT, b"{}")


@pytest.mark.parametrize("url", ["", "localhost:8181", "ftp://host", "http://user:pw@host", "http://host/path"])
def test_an_address_of_another_form_is_refused(bundle: Bundle, url: str) -> None:
    with pytest.raises(EngineMissingError, match="AIOS_OPA_URL") as caught:
        OpaEngine(bundle, url=url)
    assert "pw" not in str(caught.value)


@pytest.mark.opa
def test_a_real_server_with_another_revision_is_refused(bundle: Bundle, opa_url: str) -> None:
    expected = replace(bundle, revision="0" * 64)
    verdict = Gate(OpaEngine(expected, url=opa_url), "run").judge(COLOURS)
    assert [finding.rule for finding in verdict.refusals] == [ENGINE_ANSWERS]
    assert bundle.revision in verdict.refusals[0].why
    assert Gate(OpaEngine(bundle, url=opa_url), "run").judge(COLOURS).admitted


@pytest.mark.opa
def test_a_real_server_answers_nothing_for_an_unknown_entrypoint(bundle: Bundle, opa_url: str) -> None:
    with pytest.raises(AnswerUndefinedError):
        OpaEngine(bundle, url=opa_url).decide("aios/main/other", b"{}")

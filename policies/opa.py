"""Policy engine over HTTP: an OPA server that holds the committed bundle, asked through opa-python-client."""

import re
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from opa_client import OpaClient  # type: ignore[import-untyped]  # it ships no types

from policies.bundle import Bundle
from policies.engine import (
    AnswerMalformedError,
    AnswerUndefinedError,
    EngineFailedError,
    EngineMissingError,
    EngineTooSlowError,
    Identity,
    WrongBundleError,
)

OLDEST = (1, 22, 2)
"""Before 1.21.3 a bundle's signature could be side-stepped; 1.22.2 is what the rules are tested on."""

PORTS = {"http": 8181, "https": 443}


class OpaEngine:
    """Asks the OPA server at `url` (`AIOS_OPA_URL`), which must answer from exactly this bundle.

    `seconds` is how long the server may stay silent, `token` a bearer token. Every answer carries its provenance: one
    of another revision, of several bundles, or of an older server is none.
    """

    def __init__(self, bundle: Bundle, *, url: str, token: str | None = None, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or parts.hostname is None or parts.path.strip("/") or parts.username is not None:
            raise EngineMissingError("opa", why="AIOS_OPA_URL is not of the form http(s)://host[:port]")
        self._name = f"opa at {parts.scheme}://{parts.netloc}"
        self._seconds = seconds
        self._revision = bundle.revision
        self.identity = Identity(policy=bundle.revision, engine=self._name, rules=bundle.rules)
        self._client = OpaClient(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            ssl=parts.scheme == "https",
            token=token,
            timeout=seconds,
            retries=0,
        )

    def decide(self, entrypoint: str, document: bytes) -> Any:
        """The entrypoint's value over this JSON input; raises PolicyError."""
        try:
            answered = self._client.query_rule(
                input_data=orjson.loads(document),
                package_path=entrypoint,
                query_params={"provenance": True, "strict-builtin-errors": True},
            )
        except requests.Timeout as fault:
            raise EngineTooSlowError(self._name, entrypoint, seconds=self._seconds) from fault
        except requests.HTTPError as fault:
            raise EngineFailedError(self._name, entrypoint, why=f"the server answered {_told(fault)}") from fault
        except requests.JSONDecodeError as fault:
            raise AnswerMalformedError(self._name, entrypoint, why=f"what it sent is no JSON ({fault})") from fault
        except requests.RequestException as fault:
            raise EngineMissingError(self._name, why=f"it cannot be reached ({type(fault).__name__})") from fault
        self._check(entrypoint, answered)
        if "result" not in answered:
            raise AnswerUndefinedError(self._name, entrypoint)
        return answered["result"]

    def _check(self, entrypoint: str, answered: Any) -> None:
        """That the answer came from our bundle alone, and from a server that is new enough."""
        match answered:
            case {"provenance": {"version": str(version), **rest}}:
                pass
            case _:
                raise AnswerMalformedError(self._name, entrypoint, why="it does not say which bundle it came from")
        numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
        if numbers < OLDEST:
            raise WrongBundleError(
                self._name, why=f"the server is OPA {version}, the oldest allowed is {_dotted(OLDEST)}"
            )
        match rest:
            case {"bundles": {**bundles}}:
                held = [one.get("revision") if isinstance(one, dict) else None for one in bundles.values()]
            case _:
                held = []
        if held != [self._revision]:
            raise WrongBundleError(self._name, why=f"it answers from revision {held}, asked was [{self._revision}]")


def _told(fault: requests.HTTPError) -> str:
    """The status of an answer, never its body: that may repeat the input."""
    return "with an error" if fault.response is None else f"{fault.response.status_code} {fault.response.reason}"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in version)

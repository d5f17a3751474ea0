"""JSON values as a feed's text: numbers as they were written, nested objects as paths, nothing guessed."""

import json
import re
from collections.abc import Iterator

from aios_assets.feeds.limits import Limits

_LONE = re.compile(r"[\ud800-\udfff]")


class RecordError(Exception):
    """Why one record is set aside, and its bytes where its place in the file does not say them."""

    def __init__(self, rule: str, reason: str, raw: bytes = b"") -> None:
        self.rule, self.reason, self.raw = rule, reason, raw
        super().__init__(f"{rule}: {reason}")


class Number(str):
    """A number in its own spelling: 1, 01 and 1.0 stay three."""

    __slots__ = ()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordError("duplicate-key", f"the key {twice[:60]!r} stands twice in one object")
    return result


def _constant(name: str) -> object:
    raise RecordError("json", f"{name} is no JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_constant)


def parse(text: str, limits: Limits) -> object:
    """One JSON value (RFC 8259), stricter than Python's own reader: no twin keys, no NaN, no endless depth."""
    if (text.count("[") + text.count("{")) > limits.depth and depth(text) > limits.depth:
        raise RecordError("depth", f"nested deeper than depth = {limits.depth:,}")
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise RecordError("json", f"{error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise RecordError("depth", "nested deeper than this machine can follow") from error


def depth(text: str) -> int:
    """How deep brackets nest outside strings."""
    deepest = level = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        if mark in "[{":
            level += 1
            deepest = max(deepest, level)
        elif mark in "]}":
            level -= 1
    return deepest


def record(value: object, limits: Limits) -> dict[str, str | None]:
    """A record as flat text: `{"a": {"b": 1}}` is `a.b`; a list is its JSON; true is "true"; "" and null are null."""
    if not isinstance(value, dict):
        raise RecordError("json", f"a record is an object, this is {kind(value)}")
    flat: dict[str, str | None] = {}
    for name, text in _walk("", value):
        if name in flat:
            raise RecordError("duplicate-key", f"two keys lead to {name[:60]!r}")
        flat[name] = checked(text, limits)
        if len(flat) > limits.columns:
            raise RecordError("columns", f"more fields than columns = {limits.columns:,}")
    return flat


def kind(value: object) -> str:
    """What a value is, in words."""
    words: dict[type, str] = {
        str: "a string",
        Number: "a number",
        bool: "true or false",
        list: "a list",
        dict: "an object",
    }
    return words.get(type(value), "null")


def compact(value: object) -> str:
    """A value as JSON without spaces, numbers in their own spelling."""
    match value:
        case dict():
            return "{" + ",".join(f"{_quoted(name)}:{compact(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ",".join(map(compact, value)) + "]"
        case Number():
            return str(value)
        case str():
            return _quoted(value)
        case _:
            return {None: "null", True: "true", False: "false"}[value]  # type: ignore[index]  # nothing else is JSON


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _walk(prefix: str, value: dict[str, object]) -> Iterator[tuple[str, str | None]]:
    for key, inner in value.items():
        if _LONE.search(key):
            raise RecordError("surrogate", "a key holds half a character (a lone surrogate)")
        name = f"{prefix}{key}"
        if isinstance(inner, dict) and inner:
            yield from _walk(f"{name}.", inner)
        elif inner is None or inner == "":
            yield name, None
        elif isinstance(inner, str):
            yield name, str(inner)
        else:
            yield name, compact(inner)


def checked(text: str | None, limits: Limits) -> str | None:
    """A value that can be stored as it is; raises RecordError. Empty is null."""
    if text is None:
        return None
    if len(text) > limits.cell_bytes:
        raise RecordError("cell_bytes", f"a value is longer than cell_bytes = {limits.cell_bytes:,}")
    if not text.isascii() and _LONE.search(text):
        raise RecordError("surrogate", "a value holds half a character (a lone surrogate)")
    if "\0" in text:
        raise RecordError("nul", "a NUL character stands in a value")
    return text

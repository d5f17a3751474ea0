"""JSON documents: records in an array somewhere inside one large value, read element by element in bounded memory."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from aios_assets.feeds.documents import Flat
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.jsonvalue import RecordError, parse, record
from aios_assets.feeds.limits import Limits

_TOKEN = re.compile(r'(?s)"[^"\\]*(?:\\.[^"\\]*)*(?P<open>\Z|\\\Z)?"?|[\[\]{}]')
_SCALAR = re.compile(r"[^\s,\]}:\[{\"]+")
_SPACE = re.compile(r"[ \t\r\n]*")


def records(stream: BinaryIO, form: Format, limits: Limits, path: Path) -> Iterator[tuple[int, Flat | RecordError]]:
    """Every element of the array at `form.records` (keys with dots between), or every value at the top."""
    window = _Window(stream, form, limits, path)
    parts = form.records.split(".") if form.records else []
    for number, text in enumerate(_elements(window, parts), 1):
        try:
            yield number, record(parse(text, limits), limits)
        except RecordError as error:
            raw = text.encode("utf-8", "surrogateescape" if _escaped(text) else "surrogatepass")
            yield number, RecordError(error.rule, error.reason, raw)


def find_records(text: str) -> str:
    """The path of the first array of objects in the beginning of a document; "" where the top level is meant."""
    stack: list[str] = []
    key = last = ""
    found: list[str] = []
    previous = ""
    for match in re.finditer(r'(?s)"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"|[\[\]{}:,]|[^\s"\[\]{}:,]+', text):
        mark = match[0]
        if match["string"] is not None:
            last = match["string"]
        elif mark == ":":
            key = last
        elif mark in "{[":
            if mark == "{" and previous == "[" and stack and stack[-1].startswith("["):
                found.append(".".join(name[1:] for name in stack if name[1:]))
            stack.append(mark + (key if previous == ":" else ""))
        elif mark in "}]" and stack:
            stack.pop()
        previous = mark
    return min(found, key=lambda way: way.count("."), default="")


def _escaped(text: str) -> bool:
    """Whether the only half characters in a text stand for single undecodable bytes."""
    halves = re.findall(r"[\ud800-\udfff]", text)
    return bool(halves) and all("\udc80" <= half <= "\udcff" for half in halves)


class _Window:
    """The part of the decoded text that is looked at; what was passed is forgotten."""

    def __init__(self, stream: BinaryIO, form: Format, limits: Limits, path: Path) -> None:
        self.stream, self.limits, self.path = stream, limits, path
        errors = "surrogatepass" if form.encoding.startswith("utf-16") else "surrogateescape"
        self.decoder = codecs.getincrementaldecoder(form.encoding)(errors)
        self.text, self.at, self.passed, self.ended = "", 0, 0, False
        stream.read(form.mark)

    def more(self) -> bool:
        """Reads on; False at the end."""
        if self.ended:
            return False
        part = self.stream.read(self.limits.block_bytes)
        self.ended = not part
        try:
            decoded = self.decoder.decode(part, final=self.ended)
        except UnicodeDecodeError as error:
            raise self.broken("text in another encoding", str(error)) from error
        self.passed += self.at
        self.text, self.at = self.text[self.at :] + decoded, 0
        return True

    def peek(self) -> str:
        """The next character that is not space; "" at the end."""
        while True:
            self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches the empty text too
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def value(self) -> str:
        """Takes one whole value as text, unparsed."""
        first = self.peek()
        if first not in ('"', "{", "["):
            return self._scalar()
        scanned, level = self.at, 0
        while True:
            for match in _TOKEN.finditer(self.text, scanned):
                mark = match[0]
                if match["open"] is not None or (mark[0] == '"' and (len(mark) < 2 or mark[-1] != '"')):
                    scanned = match.start()
                    break
                level += (mark in "{[") - (mark in "}]")
                scanned = match.end()
                if level == 0:
                    taken, self.at = self.text[self.at : scanned], scanned
                    return taken
            if len(self.text) - self.at > self.limits.record_bytes:
                where = f"a value at character {self.passed + self.at:,} that is longer"
                raise LimitError("record_bytes", self.limits.record_bytes, where, path=self.path)
            scanned -= self.at
            if not self.more():
                raise self.broken("a value is not closed", "the file ends inside it")
            scanned += self.at

    def _scalar(self) -> str:
        while True:
            match = _SCALAR.match(self.text, self.at)
            if match and match.end() < len(self.text):
                break
            if len(self.text) - self.at > self.limits.record_bytes:
                raise LimitError("record_bytes", self.limits.record_bytes, "a longer scalar", path=self.path)
            if not self.more():
                match = _SCALAR.match(self.text, self.at)
                break
        if match is None:
            raise self.broken(f"{self.text[self.at : self.at + 1]!r} where a value is expected", "the JSON is broken")
        self.at = match.end()
        return match[0]

    def take(self, mark: str) -> bool:
        """Passes this mark if it is next."""
        if self.peek() != mark:
            return False
        self.at += 1
        return True

    def broken(self, what: str, why: str) -> FeedError:
        """The error for a document that cannot be followed further."""
        where = f"near character {self.passed + self.at + 1:,}"
        return FeedError(f"broken JSON {where}", why=f"{what}: {why}", do="ask for the file again", path=self.path)


def _elements(window: _Window, parts: list[str]) -> Iterator[str]:
    for part in parts:
        _enter(window, part)
    if window.peek() == "[":
        yield from _array(window)
        if not parts and window.peek():
            raise window.broken("text stands behind the array", "a file holds one array, or values one after another")
    elif parts:
        raise window.broken(f"no array at {'.'.join(parts)!r}", "something else stands there")
    else:
        while window.peek():
            yield window.value()


def _array(window: _Window) -> Iterator[str]:
    window.take("[")
    if window.take("]"):
        return
    while True:
        yield window.value()
        if window.take("]"):
            return
        if not window.take(","):
            raise window.broken("neither , nor ] behind a value", "the array is broken")


def _enter(window: _Window, part: str) -> None:
    """Goes to the value of one key of the object (or of the first object of the array) that is next."""
    window.take("[")
    if not window.take("{"):
        raise window.broken(f"no object with the key {part!r}", "something else stands there")
    while window.peek() == '"':
        key = window.value()[1:-1]
        if not window.take(":"):
            raise window.broken("no : behind a key", "the object is broken")
        if key == part:
            return
        window.value()
        window.take(",")
    raise window.broken(f"no key {part!r}", "the object ends without it")

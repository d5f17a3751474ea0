"""XML documents: repeated elements as records, in one pass, with nothing fetched and no entity of the document's own."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from aios_assets.feeds.documents import Flat
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Format
from aios_assets.feeds.jsonvalue import RecordError, checked
from aios_assets.feeds.limits import MIB, Limits

PART = MIB // 4


def records(stream: BinaryIO, form: Format, limits: Limits, path: Path) -> Iterator[tuple[int, Flat | RecordError]]:
    """Every element at `form.records` (names as written, with / between), numbered from 1. Raises FeedError."""
    reader = _Reader(form.records, limits, path)
    number = 0
    for found in reader.read(stream):
        for one in found:
            number += 1
            yield number, _flat(one, limits)


def find_records(head: bytes, limits: Limits, path: Path) -> str:
    """The path of the elements that repeat and have parts of their own, nearest the root, in a document's beginning."""
    counts: Counter[str] = Counter()
    parents: set[str] = set()
    stack: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        way = "/".join([*stack, name])
        counts[way] += 1
        if stack:
            parents.add("/".join(stack))
        if attributes:
            parents.add(way)
        stack.append(name)

    def end(name: str) -> None:
        del name
        stack.pop()

    parser = _parser(path)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(head, False)
    except expat.ExpatError as error:
        if not counts:
            raise _broken(error, path) from error
    del limits
    repeated = [way for way, count in counts.items() if count > 1 and way in parents and "/" in way]
    if repeated:
        return min(repeated, key=lambda way: (way.count("/"), -counts[way]))
    single = [way for way in counts if way in parents and "/" in way]
    return min(single, key=lambda way: way.count("/"), default=next(iter(counts), ""))


@dataclass
class _Node:
    name: str
    text: list[str] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


class _Reader:
    def __init__(self, way: str, limits: Limits, path: Path) -> None:
        self.way, self.limits, self.path = way, limits, path
        self.stack: list[str] = []
        self.open: list[_Node] = []
        self.size = 0
        self.done: list[_Node] = []
        self.parser = _parser(path)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def read(self, stream: BinaryIO) -> Iterator[list[_Node]]:
        """Lists of whole records as they come."""
        fed = 0
        while True:
            part = stream.read(PART)
            fed += len(part)
            try:
                self.parser.Parse(part, not part)
            except expat.ExpatError as error:
                raise _broken(error, self.path) from error
            except ValueError as error:
                raise FeedError("broken XML", why=str(error), do="write it in UTF-8", path=self.path) from error
            # One endless token is looked at again with every part that is fed, so it is stopped early.
            if part and fed - self.parser.CurrentByteIndex > self.limits.record_bytes + PART:
                raise LimitError("record_bytes", self.limits.record_bytes, "one longer piece of XML", path=self.path)
            yield self.done
            self.done = []
            if not part:
                return

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.stack.append(name)
        if len(self.stack) > self.limits.depth:
            raise LimitError("depth", self.limits.depth, "elements nested deeper", path=self.path)
        if self.open:
            node = _Node(name, attributes=attributes)
            self.open[-1].children.append(node)
            self.open.append(node)
        elif "/".join(self.stack) == self.way:
            self.open, self.size = [_Node(name, attributes=attributes)], 0
        self._grow(len(name) + sum(map(len, attributes.values())))

    def _end(self, name: str) -> None:
        del name
        self.stack.pop()
        if self.open:
            closed = self.open.pop()
            if not self.open:
                self.done.append(closed)

    def _text(self, text: str) -> None:
        if self.open:
            self.open[-1].text.append(text)
            self._grow(len(text))

    def _grow(self, size: int) -> None:
        self.size += size if self.open else 0
        if self.size > self.limits.record_bytes:
            raise LimitError("record_bytes", self.limits.record_bytes, "one longer record", path=self.path)


def _parser(path: Path) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def entity(name: str, *rest: object) -> None:
        del rest
        raise FeedError(
            f"the document declares an entity of its own ({name[:40]!r})",
            why="entities can be made to swell without end or to fetch files, so none is read",
            do="write the text itself in place of the entity, and leave the declaration out",
            path=path,
        )

    parser.EntityDeclHandler = entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    return parser


def _broken(error: expat.ExpatError, path: Path) -> FeedError:
    why = (
        f"{expat.errors.messages.get(error.code, 'not well-formed')} at line {error.lineno}, column {error.offset + 1}"
    )
    return FeedError("broken XML", why=why, do="ask for a well-formed file", path=path)


def _flat(node: _Node, limits: Limits) -> Flat | RecordError:
    """`<a x="1"><b>t</b></a>` inside a record is `a@x` and `a.b`; what repeats is a JSON list in document order."""
    found: dict[str, list[str]] = {}
    _collect("", node, found)
    try:
        if len(found) > limits.columns:
            return RecordError("columns", f"more fields than columns = {limits.columns:,}")
        return {
            name: checked(values[0] if len(values) == 1 else json.dumps(values, ensure_ascii=False), limits)
            for name, values in found.items()
        }
    except RecordError as error:
        return error


def _collect(prefix: str, node: _Node, found: dict[str, list[str]]) -> None:
    for name, value in node.attributes.items():
        if value:
            found.setdefault(f"{prefix}@{name}", []).append(value)
    text = "".join(node.text).strip()
    if text:
        found.setdefault(prefix or "text", []).append(text)
    for child in node.children:
        _collect(f"{prefix}.{child.name}" if prefix else child.name, child, found)

"""Detection: format, encoding and dialect of a delivery, from its first bytes."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aios_assets.feeds import fixedwidth, jsondocument, xmldocument
from aios_assets.feeds.batch import unique_names
from aios_assets.feeds.blocks import UTF16, Block, utf8
from aios_assets.feeds.delimited import Dialect, Records, records, unquoted
from aios_assets.feeds.encoding import encoding_of
from aios_assets.feeds.errors import FeedError, LimitError
from aios_assets.feeds.format import Compression, Format, Kind
from aios_assets.feeds.header import HEADER_ROWS, TITLES, header_place, is_header
from aios_assets.feeds.limits import MIB, Limits
from aios_assets.feeds.views import Buffer

SAMPLE = MIB
SEPARATORS = ",;\t|#^~:\x1f\x01"
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"{\\rtf": "a Word document",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"SQLite format 3": "an SQLite database",
    b"\x00\x00\xfe\xff": "UTF-32 text",
    b"\xff\xfe\x00\x00": "UTF-32 text",
}

_TAG = re.compile(rb"\s*<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w:.-]*(?=[\s/>]))")
_CELL = re.compile(rb"[^\r\n]*</\w+>\s*\"?[,;\t|]")
_HTML = frozenset(b"a b br div em font h1 h2 h3 h4 i img li ol p section small span strong table td tr u ul".split())
"""A text in a first cell that begins so is a description with markup, no document."""


def magic(head: bytes, path: Path) -> Kind | None:
    """The kind that the first decompressed bytes name by themselves; None where it is text. Raises FeedError."""
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"ARROW1"):
        return Kind.ARROW
    for start, name in _FOREIGN.items():
        if head.startswith(start):
            do = "export it as CSV, JSON Lines, XML, XLSX or Parquet in UTF-8"
            raise FeedError("not a feed", why=f"it is {name}", do=do, path=path)
    return None


def detect(head: bytes, path: Path, limits: Limits, *, whole: bool, compression: Compression, fixed: Format) -> Format:
    """The format of a text, from its first decompressed bytes (`whole`: they are all there is).

    `fixed` is what the mapping says already: kind, encoding, separator and quote are taken where they are not empty.
    """
    mark, encoding = encoding_of(head, fixed=fixed.encoding)
    text = utf8(head[mark : len(head) // 2 * 2 if encoding in UTF16 else None], encoding)
    _refuse_binary(text if encoding in UTF16 else head, path)
    form = replace(fixed, compression=compression, encoding=encoding, mark=mark, skip=mark)
    start = text.lstrip()[:1]
    kind = fixed.kind if fixed.separator else _text_kind(text, start, fixed.kind)
    if kind in (Kind.JSON, Kind.JSONL) and not fixed.encoding and encoding not in UTF16:
        form = replace(form, encoding="utf-8")  # RFC 8259, section 8.1: JSON between systems is UTF-8
    if kind is not Kind.CSV:
        form = replace(form, records=fixed.records or _record_path(kind, text, head, path, limits))
        return replace(form, kind=kind, newline="\n", line_end=_line_end(text, "\n"))
    newline = "\r" if b"\r" in text and b"\n" not in text else "\n"
    if text[:4].lower() == b"sep=" and text[5:6] in (b"\r", b"\n"):
        preamble = text.index(b"\n" if b"\n" in text else b"\r") + 1
        width = 2 if encoding in UTF16 else 1
        form = replace(form, preamble=1, skip=mark + preamble * width, separator=fixed.separator or chr(text[4]))
        text = text[preamble:]
    if not whole:
        text = text[: text.rfind(newline.encode()) + 1] or text
    return _csv(replace(form, kind=kind, newline=newline, line_end=_line_end(text, newline)), text, fixed, path, limits)


def _refuse_binary(text: bytes, path: Path) -> None:
    controls = np.frombuffer(text, np.uint8)
    odd = ((controls < 32) & ~np.isin(controls, (9, 10, 12, 13, 1, 31))).mean() if len(controls) else 0.0
    if odd > 0.05:
        why = f"{odd:.0%} of its first bytes are control characters"
        raise FeedError("not a feed", why=why, do="export it as CSV, JSON Lines, XML, XLSX or Parquet", path=path)


def _text_kind(text: bytes, start: bytes, fixed: Kind) -> Kind:
    if fixed is not Kind.CSV:
        return fixed
    if start == b"<" and (tag := _TAG.match(text)) and not (tag[1].lower() in _HTML and _CELL.match(text)):
        return Kind.XML
    if start == b"{":
        first, _, rest = text.lstrip().partition(b"\n")
        closed = first.rstrip().endswith(b"}") and first.count(b"{") == first.count(b"}")
        if closed and not rest.strip() and jsondocument.find_records(first.decode("utf-8", "replace")):
            return Kind.JSON
        return Kind.JSONL if closed or rest.lstrip()[:1] == b"{" else Kind.JSON
    if start == b"[" and re.match(rb"\s*\[\s*([\[{\]]|$)", text):
        return Kind.JSON
    return Kind.CSV


def _record_path(kind: Kind, text: bytes, head: bytes, path: Path, limits: Limits) -> str:
    if kind is Kind.JSON:
        return jsondocument.find_records(text.decode("utf-8", "replace"))
    return xmldocument.find_records(head, limits, path) if kind is Kind.XML else ""


def _line_end(text: bytes, newline: str) -> str:
    if newline == "\r":
        return "CR"
    both, every = text.count(b"\r\n"), text.count(b"\n")
    return "LF" if not both else "CRLF" if both == every else "mixed"


@dataclass(frozen=True)
class _Trial:
    """How well a separator and a quote explain the sample."""

    separator: str
    quote: str
    width: int
    share: float
    broken: float
    header: bool

    @property
    def score(self) -> tuple[float, float, int]:
        """More is better: consistent widths first, then sound quoting, then more columns."""
        fit = self.share if self.width > 1 else 0.0
        return (round(fit - self.broken + 0.25 * self.header * (self.width > 1), 1), -round(self.broken, 2), self.width)

    def of(self, form: Format) -> Format:
        """The format with this separator and quote."""
        return replace(form, separator=self.separator, quote=self.quote)


def _csv(form: Format, text: bytes, fixed: Format, path: Path, limits: Limits) -> Format:
    ended = text.endswith(form.newline.encode())
    buffer = Buffer.of(text[: 256 * 1024] if len(text) > 256 * 1024 else text, b"" if ended else form.newline.encode())
    if len(text) > buffer.size:
        cut = buffer.cut(0, buffer.size).rfind(form.newline.encode()) + 1
        buffer = Buffer.of(text[:cut]) if cut else Buffer.of(text, b"" if ended else form.newline.encode())
    newlines = np.flatnonzero(buffer.data[: buffer.size] == ord(form.newline))
    empty = np.empty(0, np.int64)
    block = Block(buffer, buffer.size, newlines, buffer, None, 0, 1, final=True, damaged=empty)
    separators = [form.separator] if form.separator else list(SEPARATORS)
    quotes = [fixed.quote] if fixed.quote else ['"', ""]
    if not fixed.quote and len(re.findall(rb"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", text[:65536])) > 3:
        quotes.append("'")
    trials = [_try(block, Dialect(ord(s), ord(q) if q else -1, ord(form.newline))) for s in separators for q in quotes]
    best = _under_titles(block, form, sorted(trials, key=lambda trial: trial.score, reverse=True))
    form = best.of(form)
    if best.width == 1:
        fixedwidth.refuse(text, path)
    if best.width > limits.columns:  # before any of so many names is understood
        raise LimitError("columns", limits.columns, f"{best.width:,} columns", path=path)
    if form.header and (above := _above_header(block, form)):
        return _csv(_below(above, form, text), text[above:], fixed, path, limits)
    names, width = _names(block, form)
    if width > limits.columns:
        raise LimitError("columns", limits.columns, f"{width:,} columns", path=path)
    header = form.header and is_header(names, _column_samples(block, form, len(names)))
    shown = [*names, *[""] * (width - len(names))][:width] if header else [f"c{n}" for n in range(1, width + 1)]
    return replace(form, header=header, columns=unique_names(shown))


_NEAR = 0.3
"""How much less a separator may explain under which a header stands below titles: a title has commas of its own."""


def _under_titles(block: Block, form: Format, trials: list[_Trial]) -> _Trial:
    """The best trial, or one nearly as good that alone finds a header below titles."""
    best = trials[0]
    near = [trial for trial in trials if trial.width > best.width and trial.score[0] > best.score[0] - _NEAR]
    if not form.header or not near:
        return best
    return next((trial for trial in near if _above_header(block, trial.of(form))), best)


def _above_header(block: Block, form: Format) -> int:
    """How many bytes of titles stand above the header."""
    dialect = Dialect(ord(form.separator), ord(form.quote) if form.quote else -1, ord(form.newline))
    found = records(block, dialect, record_bytes=block.size)
    rows = [_cells(block, dialect, found, number) for number in range(min(len(found.starts), 2 * TITLES))]
    return int(found.starts[header_place(rows)]) if rows else 0


def _cells(block: Block, dialect: Dialect, found: Records, number: int) -> list[str]:
    one = np.array([number])
    starts, ends, _ = unquoted(block.text.data, dialect, *found.fields(one, int(found.counts[number])))
    return [
        block.text.cut(int(low), int(high)).decode("utf-8", "replace")
        for low, high in zip(starts[:, 0], ends[:, 0], strict=True)
    ]


def _below(above: int, form: Format, text: bytes) -> Format:
    """The format of what stands below the titles: they are the file's preamble."""
    titles = text[:above]
    size = (
        above if form.encoding == "utf-8" else len(titles.decode("utf-8", "replace").encode(form.encoding, "replace"))
    )
    lines = titles.count(form.newline.encode())
    return replace(form, preamble=form.preamble + lines, skip=form.skip + size)


def _try(block: Block, dialect: Dialect) -> _Trial:
    found = records(block, dialect, record_bytes=block.size)
    filled = (found.ends - found.starts) > 2
    counts = Counter(found.counts[filled].tolist())
    width, often = counts.most_common(1)[0] if counts else (1, 0)
    first = int(found.counts[filled][0]) if filled.any() else 0
    total = max(1, sum(counts.values()))
    quote = "" if dialect.quote < 0 else chr(dialect.quote)
    # A quote that stands around fields and is not taken for one leaves the fields wrapped in it: that is no better.
    broken = len(found.reasons) / total
    if not quote:
        starts = block.text.data[found.starts]
        after = np.flatnonzero(block.text.data[: block.size] == dialect.separator) + 1
        wrapped = (block.text.data[after] == ord('"')).sum() + (starts == ord('"')).sum()
        broken = min(1.0, float(wrapped) / total)
    return _Trial(chr(dialect.separator), quote, width, often / total, broken, abs(first - width) <= (width > 8))


def _names(block: Block, form: Format) -> tuple[list[str], int]:
    """The first record's fields, and how many fields records have."""
    dialect = Dialect(ord(form.separator), ord(form.quote) if form.quote else -1, ord(form.newline))
    found = records(block, dialect, record_bytes=block.size)
    filled = np.flatnonzero((found.ends - found.starts > 2) | (found.counts > 1))
    if not len(filled):
        filled = np.flatnonzero(found.ends - found.starts > 1)
    if not len(filled):
        return [], 1
    first = [name.replace("\0", "") for name in _cells(block, dialect, found, int(filled[0]))]
    names = [name.replace(form.quote * 2, form.quote) if form.quote else name for name in first]
    counts = Counter(found.counts[filled[1:]].tolist())
    width = counts.most_common(1)[0][0] if counts else len(names)
    if width < len(names) and any(name.strip() for name in names[width:]):
        width = len(names)
    return names, width


def _column_samples(block: Block, form: Format, width: int) -> list[list[str]]:
    """Some values of each column, of records behind the first that have its width."""
    dialect = Dialect(ord(form.separator), ord(form.quote) if form.quote else -1, ord(form.newline))
    found = records(block, dialect, record_bytes=block.size)
    alike = np.flatnonzero(found.counts == width)
    alike = alike[(alike > 0) & (found.ends - found.starts > 2)[alike]][:HEADER_ROWS]
    if not len(alike):
        return [[] for _ in range(width)]
    starts, ends, _ = unquoted(block.text.data, dialect, *found.fields(alike, width))
    return [
        [
            block.text.cut(int(low), int(high)).decode("utf-8", "replace")
            for low, high in zip(column, ends[n], strict=True)
        ]
        for n, column in enumerate(starts)
    ]

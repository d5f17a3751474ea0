"""Inspection: an unknown file told to a person: how it is written, what its columns seem to mean, what is wrong with it."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from aios_assets.feeds.batch import PLACE
from aios_assets.feeds.delivery import Delivery, open_delivery
from aios_assets.feeds.format import TEXT, Compression, Kind
from aios_assets.feeds.guess import SAMPLE_ROWS, Guess, guess
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.mapping import Mapping
from aios_assets.feeds.reading import read

ENOUGH = 200_000
_SHOWN = 20
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}


@dataclass(frozen=True)
class Seen:
    """One column: how much of it is filled, and some of its values."""

    name: str
    fill: float
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One record that would be set aside, by line, with what to do."""

    line: int
    rule: str
    reason: str
    do: str


@dataclass(frozen=True)
class Inspection:
    """What is known of a file after looking at up to ENOUGH records; `complete` says whether that was all of it."""

    delivery: Delivery
    columns: tuple[Seen, ...]
    guess: Guess
    records: int
    rejected: int
    complete: bool
    problems: tuple[Problem, ...]
    rules: dict[str, int]

    def plain(self) -> dict[str, object]:
        """Everything as JSON would have it."""
        form = asdict(self.delivery.format)
        form.pop("columns")
        return {
            "file": str(self.delivery.path),
            "sha256": self.delivery.sha256,
            "bytes": self.delivery.size,
            "supplier": self.delivery.supplier,
            "format": {name: str(value) if name in ("kind", "compression") else value for name, value in form.items()},
            "records": self.records,
            "rejected": self.rejected,
            "complete": self.complete,
            "columns": [asdict(column) for column in self.columns],
            "kind": self.guess.kind,
            "language": self.guess.language,
            "currency": self.guess.currency,
            "decimal": self.guess.conventions.decimal,
            "fields": [asdict(guessed) for guessed in self.guess.fields],
            "variants": self.guess.variants.told if self.guess.variants else None,
            "unsure": [asdict(doubt) for doubt in self.guess.doubts],
            "problems": [asdict(problem) for problem in self.problems],
            "rejected_by": self.rules,
        }

    def lines(self) -> list[str]:
        """The same for a terminal."""
        form, guessed = self.delivery.format, {each.column: each for each in self.guess.fields}
        more = "" if self.complete else f" (the first {self.records + self.rejected:,}; there are more)"
        told = [f"{self.delivery.name}: {form.kind}, {self.delivery.size:,} bytes, supplier {self.delivery.supplier}"]
        if form.kind in TEXT:
            packed = "not compressed" if form.compression is Compression.NONE else form.compression
            told.append(f"  {form.encoding}{' with BOM' if form.mark else ''}, line ends {form.line_end}, {packed}")
        if form.kind is Kind.CSV:
            separator = _NAMES.get(form.separator, repr(form.separator))
            told[-1] += f", separated by {separator}, {f'quoted with {form.quote}' if form.quote else 'nothing quoted'}"
            told[-1] += "" if form.header else ", no header"
            told[-1] += f", {form.preamble} lines above the header passed over" if form.preamble else ""
        told.append(f"  {self.records:,} records, {self.rejected:,} set aside{more}; {self.guess.kind} feed")
        width = max((len(column.name) for column in self.columns), default=0)
        for column in self.columns:
            meaning = guessed.get(column.name)
            says = f"{meaning.field} ({meaning.confidence:.2f}: {meaning.why})" if meaning else "attribute"
            samples = " · ".join(sample[:32] for sample in column.samples)
            told.append(f"  {column.name:{width}}  {column.fill:4.0%}  {says}  [{samples}]")
        told += [f"  variants: {self.guess.variants.told}"] if self.guess.variants else []
        told += [f"  unsure: {doubt.field}: {doubt.why}" for doubt in self.guess.doubts]
        told += [f"  line {each.line:,}: {each.reason}; {each.do}" for each in self.problems]
        return told

    def toml(self) -> str:
        """The mapping as TOML; what is unsure stands in it as comments that have to be answered."""
        mapping: Mapping = self.guess.proposal(self.delivery.supplier)
        above = [
            f"# {doubt.field} = {doubt.value}  # unsure: {doubt.why}\n" for doubt in self.guess.doubts if doubt.value
        ]
        text = "".join(above) + mapping.toml()
        for doubt in (each for each in self.guess.doubts if not each.value):
            perhaps = " or ".join([*(f'"{column}"' for column in doubt.columns[:4]), *filter(None, [doubt.either])])
            text += f"# {doubt.field} = {perhaps}  # unsure: {doubt.why}\n"
        return text


def inspect(path: str | Path, *, supplier: str | None = None, limits: Limits | None = None) -> Inspection:
    """Looks at a file without any mapping. Raises FeedError."""
    delivery = open_delivery(path, supplier=supplier, limits=limits)
    filled: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    problems: list[Problem] = []
    sample: list[pl.DataFrame] = []
    records = rejected = held = 0
    complete = True
    for batch in read(delivery):
        values = batch.rows.select(pl.exclude(PLACE))
        for name, count in values.select(pl.all().is_not_null().sum()).to_dict(as_series=False).items():
            filled[name] += count[0]
        if held < SAMPLE_ROWS:
            sample.append(batch.rows)
            held += batch.rows.height
        rules.update(batch.rejects["rule"].to_list())
        room = _SHOWN - len(problems)
        problems += [Problem(*row) for row in batch.rejects.select("line", "rule", "reason", "do").head(room).rows()]
        records, rejected = records + batch.rows.height, rejected + batch.rejects.height
        if records + rejected >= ENOUGH:
            complete = False
            break
    rows = pl.concat(sample, how="diagonal") if sample else pl.DataFrame()
    names = [name for name in rows.columns if name not in PLACE]
    columns = tuple(
        Seen(name, filled[name] / max(records, 1), tuple(rows[name].drop_nulls().unique(maintain_order=True).head(3)))
        for name in names
    )
    guessed = guess(delivery, rows)
    return Inspection(delivery, columns, guessed, records, rejected, complete, tuple(problems), dict(rules))

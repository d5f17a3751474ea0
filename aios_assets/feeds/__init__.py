"""Feeds: whatever a supplier sends becomes records, rejects with a reason, or one `FeedError`.

Every byte is accounted for.

`open_delivery(path, supplier=…, mapping=…) -> Delivery` looks at a file once: digest, compression, encoding, dialect,
columns. `read(delivery) -> Iterator[Batch]` gives `Batch.rows` (raw text columns and `_line`, `_start`, `_end`),
`Batch.raw` (each row's bytes as delivered), `Batch.rejects` and `Batch.skipped`; for text formats their byte ranges
tile the decompressed file. `reread(delivery, line)` opens a record again from its receipt.
`guess(delivery) -> Guess` proposes a `Mapping` or says why it is `UnsureError`; `apply(mapping, batch.rows)` gives the
canonical text columns. `inspect(path) -> Inspection` is all of that for a person to read. `places.Places` brings
folders, globs, https:// and s3:// to local files; `drift.drift(before, now)` compares two deliveries' profiles.
"""

from aios_assets.feeds.batch import END, LINE, PLACE, REJECTS, SKIPPED, START, Batch
from aios_assets.feeds.candidates import Guessed
from aios_assets.feeds.delivery import Delivery, open_deliveries, open_delivery
from aios_assets.feeds.doubts import Doubt
from aios_assets.feeds.errors import FeedError, LimitError, StillWrittenError, UnsureError
from aios_assets.feeds.format import Compression, Format, Kind
from aios_assets.feeds.guess import Guess, guess
from aios_assets.feeds.inspection import Inspection, inspect
from aios_assets.feeds.limits import Limits
from aios_assets.feeds.mapping import Mapping, Source, Supplier, apply, load
from aios_assets.feeds.reading import read, reread, reread_many

__all__ = [
    "END",
    "LINE",
    "PLACE",
    "REJECTS",
    "SKIPPED",
    "START",
    "Batch",
    "Compression",
    "Delivery",
    "Doubt",
    "FeedError",
    "Format",
    "Guess",
    "Guessed",
    "Inspection",
    "Kind",
    "LimitError",
    "Limits",
    "Mapping",
    "Source",
    "StillWrittenError",
    "Supplier",
    "UnsureError",
    "apply",
    "guess",
    "inspect",
    "load",
    "open_deliveries",
    "open_delivery",
    "read",
    "reread",
    "reread_many",
]

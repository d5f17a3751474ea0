"""Header: whether the first record of a table names its columns, or is data already."""

import re
from collections.abc import Sequence

from aios_assets.feeds.looks import MONEY
from aios_assets.feeds.names import LIKELY, is_generic, is_other, means

HEADER_ROWS = 100
_DATA = re.compile(r"^(?:[-+]?[\d.,\s]*\d[\d.,]*|\d{4}-\d\d-\d\d.*|https?://.*)$")


def is_header(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is a header; `columns` are values of some records behind it, column by column.

    No column is called by a number, a price, a date or an address (but by its place: 0, 1, 2 …); none is called by a value
    that comes again below it, or is built just like all that is below it (`AB-1001` over `AB-1002`).
    """
    names = [name.strip() for name in first]
    if not any(names):
        return False
    if len(names) > 1 and len(set(names)) == len(names) and all(map(is_generic, names)) and not _is_row(names):
        return True
    known = sum(is_other(name) or max(means(name).values(), default=0.0) >= LIKELY for name in names)
    if any(_DATA.match(name) or (re.search(r"\d", name) and re.match(MONEY, name)) for name in names):
        return False
    if known >= max(2, len(names) / 2):
        return True
    return not any(_belongs(name, values) for name, values in zip(names, columns, strict=True))


def _is_row(names: Sequence[str]) -> bool:
    """Whether bare numbers are a row of data: any but 0, 1, 2 … or 1, 2, 3 and so on."""
    numbers = [name for name in names if name.isdigit()]
    return bool(numbers) and [*map(int, numbers)] not in ([*range(len(names))], [*range(1, len(names) + 1)])


def _belongs(name: str, values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    if not name or len(filled) < 5:
        return False
    if re.search(r"\d", name):
        shape = _shape(name)
        return sum(_shape(value) == shape for value in filled) > 0.8 * len(filled)
    return name in filled


def _shape(text: str) -> str:
    """How a code is built: `AB-1001` is `A-0`."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "0", text))

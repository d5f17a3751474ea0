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


TITLES = 12
"""How many records may stand above a header: titles, remarks, the headings of groups of columns."""
_SPOKEN = 3


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of a table's first records is its header: 0, but where titles or group headings stand above it.

    Above a header may stand records of one or two cells, or others of which no name is understood; of several that are
    understood, one below the other (a shop's names above a marketplace's), the last is the header.
    """
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    width = max(map(len, filled), default=0)
    if width < _SPOKEN:
        return 0
    spoken = [_understood(row) >= max(_SPOKEN, len(row) / 2) and len(row) * 2 > width for row in filled[:TITLES]]
    if True not in spoken:
        return _below_titles(filled, width)
    place = spoken.index(True)
    if any(_is_record(row, width) for row in filled[:place]):
        return 0  # records stand above it: files put one behind the other, or a list without a header
    while place + 1 < len(spoken) and spoken[place + 1] and _say_the_same(filled[place], filled[place + 1]):
        place += 1
    return place


def _say_the_same(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether two rows name the same fields, as a shop's own names above a marketplace's do."""
    said, again = ({field for name in names for field in means(name)} for names in (row, below))
    return len(said & again) >= _SPOKEN


def _below_titles(filled: Sequence[Sequence[str]], width: int) -> int:
    """The first record as wide as the table where nothing but titles stands above it, in a language that is not known."""
    place = next((at for at, row in enumerate(filled[:TITLES]) if len(row) * 2 > width), 0)
    narrow = all(len(row) <= max(1, width // 4) for row in filled[:place])
    return place if place and narrow and not _is_record(filled[place], width) else 0


def _understood(row: Sequence[str]) -> int:
    return sum(is_other(name) or max(means(name).values(), default=0.0) >= LIKELY for name in row)


def _is_record(row: Sequence[str], width: int) -> bool:
    """Whether a row is as wide as a record and has a number, a date or an address in it."""
    return len(row) * 2 > width and any(_DATA.match(cell) for cell in row)


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

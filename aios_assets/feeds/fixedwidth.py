"""Fixed width: a text whose columns are told by their place in the line.

It is recognised, so that nobody has to guess why nothing fits; it is not read, since where its columns end is written in a
list that the file does not hold.
"""

from pathlib import Path
from typing import Final

import numpy as np

from aios_assets.feeds.errors import FeedError

_LEAST_LINES, _LEAST_WIDTH, _LINES = 5, 24, 200
_ALIKE = 0.95
_BLANK: Final = ord(" ")


def columns(text: bytes) -> tuple[int, ...]:
    """Where columns begin, from 0, in a text of equally long lines; empty where it is no such text.

    A column begins where most lines have a sign behind a place that is blank in most lines.
    """
    lines = [line.rstrip(b"\r") for line in text.split(b"\n")[: _LINES + 1][:-1] if line.strip()]
    if len(lines) < _LEAST_LINES:
        return ()
    decoded = [line.decode("utf-8", "replace") for line in lines]
    lengths, counts = np.unique([len(line) for line in decoded], return_counts=True)
    width = int(lengths[counts.argmax()])
    if width < _LEAST_WIDTH or counts.max() < _ALIKE * len(decoded):
        return ()
    signs = np.array([[min(ord(sign), 127) for sign in line] for line in decoded if len(line) == width])
    blank = (signs == _BLANK).mean(axis=0)
    begins = np.flatnonzero((blank[:-1] > _ALIKE) & (blank[1:] < 1 - _ALIKE)) + 1
    return (0, *begins.tolist()) if len(begins) else ()


def refuse(text: bytes, path: Path) -> None:
    """Raises FeedError where the text is one of fixed width."""
    if places := columns(text):
        shown = ", ".join(str(place + 1) for place in places[:8])
        raise FeedError(
            "a fixed-width file",
            why=f"it has no separator and all its lines are equally long; columns seem to begin at characters {shown}",
            do="ask for it with a separator (CSV), or cut it into one by the supplier's list of columns",
            path=path,
        )

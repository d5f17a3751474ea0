"""Match model: everything that matching learned from a whole catalogue, as one artefact with a digest."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.compare import NAMES
from aios_assets.enrich.matching.corpus import MatchingError, Vocabulary
from aios_assets.enrich.matching.weigh import Calibration

FORMAT: Final = "aios-match-model/3"


@dataclass(frozen=True)
class MatchModel:
    """What was learned: word counts, weights of evidence, what scores are worth between which sources, which are clean.

    `calibrations` are by pair of suppliers in sorted order; `overall` speaks for pairs of which too little is known.
    `dirty` suppliers list the same product more than once. `wanted`: how many neighbours a record of a supplier looks up.
    `lone`: what a word counts that only one of two records has, where that is not nothing. `common`: in how many records the
    commonest part numbers and pairs of words stand.
    """

    vocabulary: Vocabulary
    weights: tuple[float, ...]
    overall: Calibration
    calibrations: dict[tuple[str, str], Calibration]
    dirty: tuple[str, ...]
    wanted: dict[str, int]
    lone: dict[str, float]
    common: dict[str, int]

    def code_counts(self, codes: pl.Series) -> NDArray[np.int64]:
        """In how many records each part number stood; all but the common ones count as seen once."""
        return np.array([self.common.get(code, 1) for code in codes.to_list()], dtype=np.int64)

    def lone_words(self, words: pl.Series) -> NDArray[np.float64]:
        """For each word how much it counts when only one of two records has it; a word never seen counts nothing."""
        return np.array([self.lone.get(word, 0.0) for word in words.to_list()], dtype=np.float64)

    def calibration(self, one: str, other: str) -> Calibration:
        """What scores are worth between two suppliers."""
        pair = (one, other) if one <= other else (other, one)
        return self.calibrations.get(pair, self.overall)

    def to_bytes(self) -> bytes:
        """The model as canonical JSON: equal models are equal bytes."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "words": self.vocabulary.words.to_list(),
                "counts": self.vocabulary.counts.tolist(),
                "size": self.vocabulary.size,
                "weights": dict(zip(NAMES, self.weights, strict=True)),
                "overall": _told(self.overall),
                "calibrations": [[*pair, _told(told)] for pair, told in sorted(self.calibrations.items())],
                "dirty": list(self.dirty),
                "wanted": self.wanted,
                "lone": self.lone,
                "common": self.common,
            },
            option=orjson.OPT_SORT_KEYS,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that `to_bytes` wrote; raises MatchingError for anything else."""
        try:
            told = orjson.loads(data)
            if told["format"] != FORMAT or tuple(sorted(told["weights"])) != tuple(sorted(NAMES)):
                raise MatchingError("a match model", f"it is {told['format']} or of other evidence", "learn it again")
            return cls(
                vocabulary=Vocabulary(
                    pl.Series("word", told["words"], dtype=pl.String),
                    np.array(told["counts"], dtype=np.int64),
                    int(told["size"]),
                ),
                weights=tuple(float(told["weights"][name]) for name in NAMES),
                overall=_read(told["overall"]),
                calibrations={(one, other): _read(value) for one, other, value in told["calibrations"]},
                dirty=tuple(told["dirty"]),
                wanted={supplier: int(count) for supplier, count in told["wanted"].items()},
                lone={word: float(value) for word, value in told["lone"].items()},
                common={name: int(count) for name, count in told["common"].items()},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise MatchingError("a match model", "these bytes are none", "learn one from the catalogue") from error

    @cached_property
    def seen(self) -> bytes:
        """Digest of what decides which pairs are compared and what their words weigh, before scores were learned from."""
        told = [self.vocabulary.words.to_list(), self.vocabulary.counts.tolist(), self.vocabulary.size]
        parts = [told, list(self.weights), list(self.dirty), self.wanted, self.common]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _told(calibration: Calibration) -> list[float | None]:
    certain = calibration.certain if np.isfinite(calibration.certain) else None
    return [calibration.share, calibration.level, calibration.threshold, certain, calibration.steepness]


def _read(told: list[float | None]) -> Calibration:
    share, level, threshold, certain, steepness = (np.inf if figure is None else float(figure) for figure in told)
    return Calibration(share, level, threshold, certain, steepness)

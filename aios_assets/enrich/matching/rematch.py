"""Rematch: match a catalogue again after a delivery, with the outcome of a full run.

Numbers are cheap and are all looked at again; text is dear. So nothing is read of a record that did not change and meets none
that did: who its neighbours are, what each pair scored, and the words of its evidence are taken from the last run.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aios_assets.enrich.matching.block import Lookup, symmetric
from aios_assets.enrich.matching.compare import Comparer
from aios_assets.enrich.matching.corpus import KEY, Corpus, corpus, prepared
from aios_assets.enrich.matching.decide import DIFFERENT, SAME, Matches, Scored, Words, decide, found_by
from aios_assets.enrich.matching.decided import Decisions
from aios_assets.enrich.matching.matches import asked_frame, scored
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.scratch import Scratch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Found = tuple[Ints, Ints, NDArray[np.float32]]


def rematch(
    records: pl.DataFrame,
    model: MatchModel,
    before: Matches,
    changed: pl.DataFrame,
    *,
    never: pl.DataFrame | None = None,
    always: pl.DataFrame | None = None,
    settled: pl.DataFrame | None = None,
    merge: str = "certain",
) -> Matches:
    """Matches a catalogue of which `changed` (keys: `supplier`, `sku`) is new or different since `before`; what is gone, too.

    The same outcome as `match` with `previous=before.base`, but only pairs that a change concerns are compared. A
    record looks up its neighbours again when its words changed, when a neighbour's did or went, or when one whose did is as
    near as the farthest that it has.
    """
    body, _ = corpus(prepared(records), model.vocabulary)
    held = _Held.of(body, before, changed)
    found = held.found if held.steady else _found_again(body, model, held)
    pairs = symmetric(*found)
    code = pairs.left * body.size + pairs.right
    told, compared = held.scored(code), _Apart(body, model)
    todo = np.flatnonzero(np.isnan(told.score))
    new = compared.scored(pairs.left[todo], pairs.right[todo])
    told.score[todo], told.unruled[todo] = new.score, new.unruled
    return decide(
        body,
        model,
        pairs,
        told,
        compared,
        decided=Decisions(before.base, never, always, settled, merge),
        asked=asked_frame(body, pairs, told, found),
        compared=len(todo),
        words=held.words,
    )


@dataclass(frozen=True)
class _Held:
    """What the last run found, as places in today's catalogue.

    `found`: what today's records asked for then and still find, `partial` those that lost a neighbour. `fresh`: records that
    are new or different; `moved`: those of them that are looked up by other words. `steady`: nobody's neighbours can differ.
    """

    found: Found
    fresh: Flags
    moved: Flags
    partial: Flags
    steady: bool
    code: Ints
    told: Scored
    words: Words

    @classmethod
    def of(cls, body: Corpus, before: Matches, changed: pl.DataFrame) -> "_Held":
        """The last run's findings, as far as their records are still there."""
        at = body.records.select(KEY).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
        other = at.rename({"supplier": "near_supplier", "sku": "near_sku", "at": "neighbour"})
        fresh = np.zeros(body.size, dtype=bool)
        new = changed.select(pl.col(KEY).cast(pl.String)).unique()
        fresh[at.join(new, on=list(KEY), how="semi")["at"].to_numpy()] = True
        said = found_by(body).join(
            before.found_by.rename({"found_by": "was"}), on=list(KEY), how="left", maintain_order="left"
        )
        moved = said.select(pl.col("found_by").ne_missing(pl.col("was"))).to_series().to_numpy()
        placed = before.asked.join(at, on=list(KEY), how="inner").join(
            other, on=["near_supplier", "near_sku"], how="left"
        )
        there = placed.filter(pl.col("neighbour").is_not_null())
        asking, neighbour = there["at"].to_numpy(), there["neighbour"].to_numpy()
        partial = np.zeros(body.size, dtype=bool)
        partial[placed.filter(pl.col("neighbour").is_null())["at"].to_numpy()] = True
        stays = ~(fresh[asking] | fresh[neighbour] | moved[asking] | moved[neighbour])
        code = np.minimum(asking, neighbour) * body.size + np.maximum(asking, neighbour)
        code, first = np.unique(code[stays], return_index=True)
        kept = there.filter(pl.Series(stays)).select("score", "unruled")
        told = Scored(
            kept["score"].to_numpy()[first].copy(), kept["unruled"].fill_null(np.inf).to_numpy()[first].copy()
        )
        gone = before.found_by.height > body.size - int(said["was"].null_count())
        return cls(
            found=(asking, neighbour, there["near"].to_numpy()),
            fresh=fresh,
            moved=moved,
            partial=partial,
            steady=not (gone or moved.any()),
            code=code,
            told=told,
            words=_words(body, before.pairs, at, fresh | moved),
        )

    def scored(self, code: Ints) -> Scored:
        """What each pair (rising codes) came to then; not a number where it is to be compared."""
        score, unruled = np.full(len(code), np.nan), np.full(len(code), np.inf)
        place = np.searchsorted(code, self.code)
        known = place < len(code)
        known[known] = code[place[known]] == self.code[known]
        score[place[known]], unruled[place[known]] = self.told.score[known], self.told.unruled[known]
        return Scored(score, unruled)


def _words(body: Corpus, pairs: pl.DataFrame, at: pl.DataFrame, fresh: Flags) -> Words:
    """The words that pairs of records had which are as they were."""
    sides = [at.rename({name: f"{side}_{name}" for name in KEY} | {"at": side}) for side in ("left", "right")]
    open_ = pairs.filter(~pl.col("decision").is_in([SAME, DIFFERENT])).select(
        *(f"{side}_{name}" for side in ("left", "right") for name in KEY), "doubt", "veto", "evidence"
    )
    for side, places in zip(("left", "right"), sides, strict=True):
        open_ = open_.join(places, on=[f"{side}_{name}" for name in KEY], how="inner")
    left, right = open_["left"].to_numpy(), open_["right"].to_numpy()
    stays = np.flatnonzero(~(fresh[left] | fresh[right]))
    code = left[stays] * body.size + right[stays]
    order = np.argsort(code)
    told = open_[stays[order]]
    return Words(code[order], told["doubt"].to_numpy(), told["veto"].to_numpy(), told["evidence"].alias("evidence"))


def _found_again(body: Corpus, model: MatchModel, held: _Held) -> Found:
    """What each record finds: as before, but for those that may find others now."""
    asking, neighbour, near = held.found
    lookup = Lookup(body, model)
    again = held.moved | held.partial
    again[asking[held.moved[neighbour]]] = True
    again |= lookup.reached(np.flatnonzero(held.moved), asking, near)
    keep = ~again[asking]
    old = (asking[keep], neighbour[keep], near[keep])
    new = lookup.asked(np.flatnonzero(again))
    return np.concatenate([old[0], new[0]]), np.concatenate([old[1], new[1]]), np.concatenate([old[2], new[2]])


class _Apart:
    """Compares pairs with nothing read but the records that are in them."""

    def __init__(self, body: Corpus, model: MatchModel) -> None:
        self._body, self._model = body, model

    def scored(self, left: Ints, right: Ints) -> Scored:
        """What each pair comes to."""
        body, (left, right) = self._only(left, right)
        return scored(body, self._model, left, right, Scratch())[1]

    def evidence(self, left: Ints, right: Ints) -> NDArray[np.float32]:
        """Pairs x KINDS."""
        body, (left, right) = self._only(left, right)
        return Comparer(body, self._model.lone_words(body.vocabulary)).evidence(left, right)

    def _only(self, *sides: Ints) -> tuple[Corpus, list[Ints]]:
        """The records that stand in pairs, and where each stands among them."""
        rows = np.unique(np.concatenate(sides))
        return self._body.only(rows), [np.searchsorted(rows, side) for side in sides]

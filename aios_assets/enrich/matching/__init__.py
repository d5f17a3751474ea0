"""Matching: which records of different suppliers are one product, by evidence, with no labels.

    model = learn(records)                     # everything taken from the whole catalogue; pin it by `model.digest`
    matches = match(records, model)            # matches.pairs, matches.clusters, matches.asked
    matches = rematch(records, model, matches, changed)    # same outcome as match(), a fraction of the comparisons

`records` has `supplier`, `sku`, `title` and, where a feed has them, `description`, `brand`, `model` (model number), `gtin`,
`price` (Decimal, float or text), `currency`, `category`, `attributes` (text). Everything is deterministic and independent of
the order of rows. `match` and `rematch` take `previous` (`base` of the last run: product ids are kept), `never` and
`always` (pairs that a person decided, columns PAIR_KEYS) and `merge` (`certain` or `likely` pairs make clusters).
`MatchModel.to_bytes` and `MatchModel.from_bytes` store a model.
"""

from aios_assets.enrich.matching.corpus import MatchingError
from aios_assets.enrich.matching.decide import Matches
from aios_assets.enrich.matching.decided import PAIR_KEYS
from aios_assets.enrich.matching.matches import learn, match
from aios_assets.enrich.matching.model import MatchModel
from aios_assets.enrich.matching.naming import product_id
from aios_assets.enrich.matching.rematch import rematch

__all__ = ["PAIR_KEYS", "MatchModel", "Matches", "MatchingError", "learn", "match", "product_id", "rematch"]

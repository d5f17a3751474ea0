"""Rules: every rule of every normaliser in words; what an answer's `by` means, and why a null is null."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aios_assets.enrich.normalise import brand, currency, identifier, language, price, quantity, text

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **price.RULES,
        **currency.RULES,
        **quantity.RULES,
        **identifier.RULES,
        **text.RULES,
        **brand.RULES,
        **language.RULES,
    }
)
"""Sentences by rule, for all normalisers."""


def why(by: str) -> str:
    """The sentence of a rule; raises KeyError for one that no normaliser has."""
    return RULES[by]

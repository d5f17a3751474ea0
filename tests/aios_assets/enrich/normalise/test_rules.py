"""Rules: each is told once, in one sentence."""

import pytest

from aios_assets.enrich.normalise import brand, currency, identifier, language, price, quantity, rules, text

MODULES = (brand, currency, identifier, language, price, quantity, text)


def test_no_two_normalisers_share_a_rule():
    assert len(rules.RULES) == sum(len(module.RULES) for module in MODULES)


@pytest.mark.parametrize("by", sorted(rules.RULES))
def test_a_rule_is_named_by_its_field_and_told_in_a_sentence(by):
    field, name = by.split("/")
    assert field.isalpha()
    assert name
    assert len(rules.why(by)) > 10
    assert not rules.why(by).endswith(".")


def test_refusals_are_rules():
    assert rules.RULES.keys() >= price.REFUSALS | quantity.REFUSALS


def test_an_unknown_rule_is_no_rule():
    with pytest.raises(KeyError):
        rules.why("price/guess")

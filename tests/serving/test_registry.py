import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.card import Card
from serving.local.attributes import Attributes, OneAttribute
from serving.registry import Registration, Registry, RegistryError, Standing

SHIPPED = files("serving").joinpath("cards").joinpath("extract-colour.toml").read_text(encoding="utf-8")


def test_every_shipped_model_has_its_card_and_the_digest_it_was_registered_with():
    registry = Registry.load()
    for model in (Attributes(), OneAttribute()):
        entry = registry.lookup(model.digest)
        assert entry is not None, f"{model.task} changed: learn again, measure again, and put its digest in its card"
        assert entry == registry.registered(model.task, model.name, model.version)
        assert registry.standing_of(model.task) == {f"{model.name}@{model.version}": Standing.CHAMPION}
    assert registry.lookup("0" * 64) is None
    assert registry.standing_of("extract/nothing") == {}


@given(st.sampled_from(sorted(Card.model_fields)), st.sampled_from(["missing", "empty", "null"]))
def test_a_card_fails_when_a_field_is_missing(name, how):
    card = tomllib.loads(SHIPPED)["card"]
    if how == "missing":
        del card[name]
    else:
        card[name] = None if how == "null" else type(card[name])()
    with pytest.raises(ValidationError, match=name):
        Card.model_validate(card)


@pytest.mark.parametrize("name", ["metric", "value", "data", "date"])
def test_an_evaluation_says_what_was_measured_on_what_and_when(name):
    card = tomllib.loads(SHIPPED)["card"]
    del card["evaluation"][0][name]
    with pytest.raises(ValidationError, match=name):
        Card.model_validate(card)


def test_a_folder_adds_models_and_a_broken_file_is_named(tmp_path):
    (tmp_path / "mine.toml").write_text(
        SHIPPED.replace("extract/colour", "extract/mine").replace('digest = "', 'digest = "' + "f" * 64 + '"#')
    )
    (tmp_path / "notes.txt").write_text("not a card")
    assert Registry.load(tmp_path).lookup("f" * 64).task == "extract/mine"
    (tmp_path / "broken.toml").write_text("task = ")
    with pytest.raises(RegistryError, match=r"broken\.toml: it is no TOML"):
        Registry.load(tmp_path)
    (tmp_path / "broken.toml").write_text('task = "extract/x"')
    with pytest.raises(RegistryError, match=r"broken\.toml: its card is not complete .*card"):
        Registry.load(tmp_path)


def test_one_champion_a_task_one_registration_a_version_and_a_digest():
    entry = Registration.model_validate(tomllib.loads(SHIPPED))
    for change, what in (
        ({}, "identity"),
        ({"name": "other"}, "digest"),
        ({"name": "other", "digest": "e" * 64}, "champion"),
    ):
        with pytest.raises(RegistryError, match=f"{what} is registered twice"):
            Registry((entry, entry.model_copy(update=change)))
    both = Registry((entry, entry.model_copy(update={"name": "b", "digest": "e" * 64, "standing": Standing.CANARY})))
    assert set(both.standing_of(entry.task).values()) == {Standing.CHAMPION, Standing.CANARY}

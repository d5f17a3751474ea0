"""Settings: arguments over environment over file over defaults; what cannot be used is said in words."""

import tomllib
from pathlib import Path

import pytest

from aios_assets.errors import SettingsError
from aios_assets.settings import ENVIRONMENT, Settings, load, template


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ENVIRONMENT:
        monkeypatch.delenv(variable, raising=False)


def written(folder: Path, text: str) -> Path:
    (folder / "aios.toml").write_text(text)
    return folder


def test_nothing_written_is_every_default(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings == Settings(home=tmp_path)
    assert settings.lake_folder == tmp_path / "lake"
    assert settings.keys_folder == tmp_path / "lake.keys"


def test_the_template_says_every_setting_at_its_default(tmp_path: Path) -> None:
    told = tomllib.loads(template())
    assert Settings.model_validate(told) == Settings()
    sections = {name: field.default for name, field in Settings.model_fields.items() if name != "home"}
    assert {name: set(section) for name, section in told.items()} == {
        name: set(type(default).model_fields) for name, default in sections.items()
    }
    assert load(written(tmp_path, template())) == Settings(home=tmp_path)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[lake]\npth = './x'", "lake.pth"),
        ("[lakes]\npath = './x'", "lakes"),
        ("home = '/elsewhere'", "home"),
        ("lake = 3", "lake"),
        ("[lake]\nbuckets = '16'", "lake.buckets"),
        ("[lake]\nbuckets = true", "lake.buckets"),
        ("[lake]\nbuckets = 0", "lake.buckets"),
        ("[lake]\nbuckets = 1.5", "lake.buckets"),
        ("[policy]\nprofile = 'lax'", "policy.profile"),
        ("[policy]\ndeadline = inf", "policy.deadline"),
        ("[policy]\ndeadline = nan", "policy.deadline"),
        ("[policy]\ndeadline = -1", "policy.deadline"),
        ("[policy]\nmemory_mb = 8", "policy.memory_mb"),
        ("[stages]\nmodules = 'my_shop.stages'", "stages.modules"),
        ("[stages]\nmodules = [3]", "stages.modules.0"),
    ],
)
def test_what_cannot_be_used_names_itself_and_its_file(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text))
    assert raised.value.what == where
    assert "aios.toml" in raised.value.do


@pytest.mark.parametrize("text", ["[lake", "lake.path = ", "[lake]\npath = 'a'\npath = 'b'", "\x00"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"aios\.toml"):
        load(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "aios.toml").write_bytes(b"\xff\xfe[lake]")
    with pytest.raises(SettingsError, match=r"aios\.toml"):
        load(tmp_path)
    (tmp_path / "aios.toml").unlink()
    (tmp_path / "aios.toml").mkdir()
    with pytest.raises(SettingsError, match="can be read"):
        load(tmp_path)


def test_arguments_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path, "[lake]\npath = './one'\nbuckets = 4\n[policy]\nprofile = 'scale'")
    assert (load(folder).lake_folder.name, load(folder).policy.profile) == ("one", "scale")
    monkeypatch.setenv("AIOS_LAKE", "./two")
    monkeypatch.setenv("AIOS_PROFILE", "run")
    assert (load(folder).lake_folder.name, load(folder).policy.profile) == ("two", "run")
    chosen = load(folder, lake="three", profile="pilot")
    assert (chosen.lake_folder.name, chosen.policy.profile, chosen.lake.buckets) == ("three", "pilot", 4)


def test_a_variable_that_cannot_be_used_is_named_and_not_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIOS_PROFILE", "lax")
    with pytest.raises(SettingsError, match="AIOS_PROFILE"):
        load(tmp_path)
    with pytest.raises(SettingsError, match="--profile"):
        load(tmp_path, profile="stern")


@pytest.mark.parametrize("keys", ["./lake", "./lake/keys", "./lake2/../lake/keys", "./link/keys"])
def test_keys_inside_the_lake_are_refused(tmp_path: Path, keys: str) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    with pytest.raises(SettingsError, match="inside the lake"):
        load(written(tmp_path, f"[secrets]\nkeys = '{keys}'"))
    assert load(written(tmp_path, "[secrets]\nkeys = './lake-keys'")).keys_folder == tmp_path / "lake-keys"

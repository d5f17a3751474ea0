"""Settings: one object, from `aios.toml` and the environment, every value with a default and a reason."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError

from aios_assets.errors import SettingsError

PROFILES = ("pilot", "scale", "run")


class Fixed(dict[str, Any]):
    """A table of settings that nobody changes, so that settings can be looked up by."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Over its items."""
        return hash(frozenset(self.items()))


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class LakeSettings(_Section):
    """Where tables live."""

    path: str = Field("./lake", description="folder of the governed tables; environment: AIOS_LAKE")
    buckets: int = Field(
        16,
        ge=1,
        le=256,
        description="files a table is cut into by key at most, one for 25,000 rows; a change rewrites its bucket only",
    )


class PolicySettings(_Section):
    """How strictly candidates are judged."""

    profile: str = Field(
        "pilot", pattern="^(pilot|scale|run)$", description="how strict: pilot, scale or run; AIOS_PROFILE"
    )
    opa_url: str = Field(
        "", description="address of an OPA server; empty: the embedded engine; environment: AIOS_OPA_URL"
    )
    deadline: float = Field(10.0, gt=0, description="seconds after which a policy that still runs means no")
    memory_mb: int = Field(512, ge=16, le=4096, description="memory after which a policy that wants more means no")


class FeedSettings(_Section):
    """Where deliveries come from."""

    limits: Annotated[dict[str, float], AfterValidator(Fixed)] = Field(
        Fixed(),
        strict=False,
        description="limits other than the built-in ones, e.g. { cell_bytes = 4194304, columns = 500 }",
    )
    folder: str = Field("./inbox", description="folder that the sensor and the nightly schedule watch")
    mappings: str = Field("./mappings", description="folder of <supplier>.toml column mappings")
    spool: str = Field(
        "./spool",
        description="folder that https:// and s3:// deliveries are kept in, as they came: guard it like the inbox",
    )
    held_bytes: int = Field(
        128 * 1024 * 1024,
        ge=0,
        description="larger deliveries are not held in memory but taken in part by part of their keys; so much is held of "
        "what cannot be read or is set aside",
    )
    allowed: tuple[str, ...] = Field(
        (), strict=False, description="your own hosts, which https:// addresses may name though they are not public"
    )


class StageSettings(_Section):
    """Which stages there are besides the product's own."""

    modules: tuple[str, ...] = Field(
        (), strict=False, description='Python modules with stages of your own, e.g. ["my_shop.stages"]'
    )
    batch_rows: int = Field(250_000, ge=1, description="rows that a row stage is handed at a time")


class SurvivorshipSettings(_Section):
    """Whose word counts where records of one product differ."""

    fields: Annotated[dict[str, Annotated[tuple[str, ...], Strict(strict=False)]], AfterValidator(Fixed)] = Field(
        Fixed(), description='criteria of a field, the first that tells decides, e.g. {price = ["trust", "recency"]}'
    )
    trust: Annotated[dict[str, float], AfterValidator(Fixed)] = Field(
        Fixed(), description="how far a supplier's word goes, 0 to 1, before what its mapping says, e.g. {acme = 0.9}"
    )


class LineageSettings(_Section):
    """Where lineage events are shipped."""

    url: str = Field(
        "", description="OpenLineage backend; empty: kept in the ledger only; environment: OPENLINEAGE_URL"
    )
    file: str = Field("", description="a file that events are appended to, one JSON object a line")


class ReviewSettings(_Section):
    """Who decides where the system is in doubt."""

    reviewers: tuple[str, ...] = Field(
        (), strict=False, description='who may decide about pairs of records, e.g. ["ann", "bob"]; none: whoever signs'
    )


class SecretSettings(_Section):
    """Where keys live: never inside the lake."""

    keys: str = Field("", description="folder of keys; empty: <lake>.keys beside the lake; environment: AIOS_KEYS")


class Settings(_Section):
    """Everything that can be set. `aios init` writes it out."""

    lake: LakeSettings = LakeSettings()
    policy: PolicySettings = PolicySettings()
    feeds: FeedSettings = FeedSettings()
    stages: StageSettings = StageSettings()
    survivorship: SurvivorshipSettings = SurvivorshipSettings()
    lineage: LineageSettings = LineageSettings()
    reviews: ReviewSettings = ReviewSettings()
    secrets: SecretSettings = SecretSettings()
    home: Path = Field(Path(), exclude=True)

    @property
    def lake_folder(self) -> Path:
        """The lake, absolute."""
        return self._path(self.lake.path)

    @property
    def keys_folder(self) -> Path:
        """The keys, absolute, outside the lake."""
        lake = self.lake_folder
        return self._path(self.secrets.keys) if self.secrets.keys else lake.with_name(lake.name + ".keys")

    @property
    def inbox(self) -> Path:
        """The watched folder, absolute."""
        return self._path(self.feeds.folder)

    @property
    def mappings(self) -> Path:
        """The folder of mappings, absolute."""
        return self._path(self.feeds.mappings)

    @property
    def spool(self) -> Path:
        """The folder of downloaded deliveries, absolute."""
        return self._path(self.feeds.spool)

    def _path(self, text: str) -> Path:
        return (self.home / text).expanduser().absolute()


ENVIRONMENT = {
    "AIOS_LAKE": ("lake", "path"),
    "AIOS_PROFILE": ("policy", "profile"),
    "AIOS_OPA_URL": ("policy", "opa_url"),
    "AIOS_KEYS": ("secrets", "keys"),
    "OPENLINEAGE_URL": ("lineage", "url"),
}


def load(folder: Path | None = None, *, lake: str | None = None, profile: str | None = None) -> Settings:
    """The settings that hold in `folder` (default: here): arguments over environment over `aios.toml` over defaults.

    Raises SettingsError for a file that is no TOML, an unknown setting, a value out of range.
    """
    home = (folder or Path.cwd()).absolute()
    file = home / "aios.toml"
    told: dict[str, Any] = {}
    if file.exists():
        try:
            told = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            raise SettingsError(
                str(file), str(broken), "mend the line, or write a fresh one with `aios init`"
            ) from broken
        except OSError as unread:
            raise SettingsError(str(file), str(unread.strerror), "make it a file that can be read") from unread
    sources = {("lake", "path"): (lake, "--lake"), ("policy", "profile"): (profile, "--profile")}
    for variable, at in ENVIRONMENT.items():
        if (value := os.environ.get(variable)) and not sources.get(at, (None, ""))[0]:
            sources[at] = value, variable
    given = {at: (value, source) for at, (value, source) in sources.items() if value}
    for (section, name), (value, _) in given.items():
        if isinstance(told.setdefault(section, {}), dict):  # else what stands there is refused below
            told[section][name] = value
    try:
        settings = Settings.model_validate({**told, "home": told.get("home", home)})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        source = given.get((str(first["loc"][0]), str(first["loc"][-1])), (None, str(file)))[1]
        raise SettingsError(
            where, first["msg"], f"see `aios init` for every setting; `{where}` stands in {source}"
        ) from wrong
    if settings.keys_folder.resolve().is_relative_to(settings.lake_folder.resolve()):
        raise SettingsError(
            "secrets.keys", f"the keys' folder {settings.keys_folder} lies inside the lake", "put it beside the lake"
        )
    return settings


def template() -> str:
    """`aios.toml` with every setting at its default and a comment each."""
    lines = ["# Settings of AIOS. Every line stands at its default; the environment wins over this file.", ""]
    for section, field in Settings.model_fields.items():
        default = field.default
        if not isinstance(default, _Section):
            continue
        lines += [f"[{section}]  # {type(default).__doc__}"]
        for name, setting in type(default).model_fields.items():
            lines.append(f"{name} = {_toml(getattr(default, name))}  # {setting.description}")
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    match value:
        case str():
            return f'"{value}"'
        case dict():
            return "{" + ", ".join(f'"{name}" = {_toml(item)}' for name, item in value.items()) + "}"
        case tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            return str(value)

"""Registry: which models are known, by digest, and where each stands."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from serving.card import Card
from serving.model import ServingError


class RegistryError(ServingError):
    """A registry file that cannot be believed: it names the file and what is wrong in it."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        self.where = where
        super().__init__(f"{where}: {what}; {remedy}")


class Standing(StrEnum):
    """How far a model is trusted. Champions answer, canaries answer a share, candidates and the retired do not."""

    CANDIDATE = "candidate"
    CANARY = "canary"
    CHAMPION = "champion"
    RETIRED = "retired"


class Registration(BaseModel):
    """One registered model: its name, the digest it was registered with, its standing and its card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Annotated[str, StringConstraints(pattern=r"^[a-z-]+/[a-z_-]+$")]
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")]
    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    standing: Standing
    card: Card


@dataclass(frozen=True)
class Registry:
    """Every registered model. A task has at most one champion, and a name and version one registration."""

    registrations: tuple[Registration, ...]

    def __post_init__(self) -> None:
        seen: dict[tuple[str, ...], Registration] = {}
        for entry in self.registrations:
            marks = [("identity", entry.task, entry.name, entry.version), ("digest", entry.digest)]
            if entry.standing is Standing.CHAMPION:
                marks.append(("champion", entry.task))
            for mark in marks:
                if mark in seen:
                    raise RegistryError(
                        f"{entry.task}/{entry.name}@{entry.version}",
                        f"its {mark[0]} is registered twice",
                        "retire or remove one of the two",
                    )
                seen[mark] = entry

    @classmethod
    def load(cls, *folders: Path) -> "Registry":
        """The models that come with the product, and those in each folder (`*.toml`, one file a model)."""
        shipped: Iterable[Traversable] = files("serving").joinpath("cards").iterdir()
        found = [*shipped, *(file for folder in folders for file in sorted(folder.iterdir()))]
        cards = sorted((file for file in found if file.name.endswith(".toml")), key=lambda file: file.name)
        return cls(tuple(_read(file) for file in cards))

    def lookup(self, digest: str) -> Registration | None:
        """The model that was registered with this digest."""
        return next((entry for entry in self.registrations if entry.digest == digest), None)

    def registered(self, task: str, name: str, version: str) -> Registration | None:
        """The registration of a task's model by its name and version."""
        wanted = (task, name, version)
        return next((e for e in self.registrations if (e.task, e.name, e.version) == wanted), None)

    def standing_of(self, task: str) -> Mapping[str, Standing]:
        """Where each model of a task stands, by `name@version`."""
        return {f"{e.name}@{e.version}": e.standing for e in self.registrations if e.task == task}


def _read(file: Traversable) -> Registration:
    where = file.name
    try:
        return Registration.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryError(where, f"it is no TOML ({error})", "mend the file") from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RegistryError(where, f"its card is not complete ({told})", "fill in what is missing") from error

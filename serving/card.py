"""Card: what must be known about a model before its answers may be believed."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]


class Evaluation(BaseModel):
    """One number that was measured: of what, on which data, when."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    metric: Sentence
    value: float
    data: Sentence
    date: date


class Card(BaseModel):
    """A model card (Mitchell et al. 2019, arXiv:1810.03993). Every field is needed; a missing or empty one fails."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Sentence
    intended_use: Sentence
    not_for: Sentence
    owner: Sentence
    licence: Sentence
    training_data: Sentence
    limits: Sentence
    languages: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], ...], Field(min_length=1)]
    evaluation: Annotated[tuple[Evaluation, ...], Field(min_length=1)]

    def plain(self) -> dict[str, Any]:
        """As plain JSON values."""
        return self.model_dump(mode="json")

"""Answers: what a gateway hands back, row for row, each with who said it, how sure, and why."""

from dataclasses import dataclass

import polars as pl

from serving.model import Model, ServingError, identity, shape_of

ANSWER = pl.Struct({"value": pl.String(), "by": pl.String(), "confidence": pl.Float64(), "evidence": pl.String()})
"""One answer with its receipt. Where the model says that there is no value, every field is null."""


class AnswerError(ServingError):
    """A model whose answer cannot be what it was asked for. Nothing of that answer is kept."""

    def __init__(self, model: Model, what: str) -> None:
        self.model = identity(model)
        super().__init__(f"{self.model} {what}; nothing of it is kept: mend the model or its server, and run again")


@dataclass(frozen=True)
class Answers:
    """The answers to a task: one element a row that was asked, in order.

    `keys` are the rows' key columns; `values` has dtype ANSWER, or List of {attribute, value: ANSWER} for a task that
    finds many things in one row.
    """

    task: str
    keys: pl.DataFrame
    values: pl.Series

    def column(self, name: str) -> pl.Series:
        """One answer a row, under this name, of dtype ANSWER; raises ServingError for a task that finds many."""
        if self.values.dtype != ANSWER:
            raise ServingError(f"{self.task} finds many things in one row, so it is no column; use frame()")
        return self.values.alias(name)

    def frame(self) -> pl.DataFrame:
        """All answers, long: the key columns, `attribute`, `value` (ANSWER); rows without an answer are absent.

        The attribute of a task that says one thing is the task's noun.
        """
        clash = {"attribute", "value"} & set(self.keys.columns)
        if clash:
            raise ServingError(f"key columns {sorted(clash)} stand in the way of the answer's own; rename them")
        if self.values.dtype == ANSWER:
            noun = self.task.rpartition("/")[2]
            told = self.keys.with_columns(attribute=pl.lit(noun), value=self.values)
            return told.filter(pl.col("value").struct.field("value").is_not_null())
        told = self.keys.with_columns(_found=self.values).explode("_found", empty_as_null=False)
        return told.unnest("_found")


def checked(model: Model, rows: pl.DataFrame, asked: int) -> pl.DataFrame:
    """A model's answer if it can be one: right columns and types, one row for each asked, honest confidences."""
    shape = shape_of(model)
    if dict(rows.schema) != dict(shape):
        raise AnswerError(model, f"answered columns {dict(rows.schema)} where {dict(shape)} was asked for")
    if rows.height != asked:
        raise AnswerError(model, f"answered {rows.height} rows of {asked}")
    if model.many:
        if rows["found"].null_count():
            raise AnswerError(model, "answered null where an empty list means nothing found")
        said = rows.select(pl.col("found").explode(empty_as_null=False)).unnest("found")
        if said.select(pl.any_horizontal(pl.col("attribute", "value").is_null()).any()).item():
            raise AnswerError(model, "found things without a name or a value")
    else:
        said = rows
    sure = pl.col("confidence")
    if said.select((sure.is_nan() | ~sure.is_between(0, 1)).any()).item():
        raise AnswerError(model, "answered with a confidence that is not between 0 and 1")
    return rows.select(list(shape))


def signed(model: Model, rows: pl.DataFrame) -> pl.Series:
    """Answers with their receipts: dtype ANSWER, or a List of {attribute, value: ANSWER}."""
    by = pl.lit(identity(model))
    if not model.many:
        nothing = pl.lit(None, dtype=ANSWER)
        answer = pl.struct("value", by.alias("by"), "confidence", "evidence")
        return rows.select(
            pl.when(pl.col("value").is_null()).then(nothing).otherwise(answer).alias("values")
        ).to_series()
    one = pl.element().struct
    receipt = pl.struct(one.field("value"), by.alias("by"), one.field("confidence"), one.field("evidence"))
    found = pl.col("found").list.eval(pl.struct(one.field("attribute"), receipt.alias("value")))
    return rows.select(found.alias("values")).to_series()

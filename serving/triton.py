"""Triton: a model behind a Triton Inference Server, asked over gRPC. The extra `aios[triton]`."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from serving.model import Answered, Model, ServingError, shape_of

if TYPE_CHECKING:
    from types import ModuleType

OUTPUT, DIGEST = "answer", "digest"
"""What our Triton models answer: one JSON text a row, and the digest of what answered."""


class TritonError(ServingError):
    """A Triton server that could not be asked, or that answered something else than was asked for."""

    def __init__(self, url: str, model: str, why: str) -> None:
        self.url, self.model = url, model
        super().__init__(
            f"Triton at {url} did not answer for {model} ({why}); look at its log and its model repository"
        )


@dataclass(frozen=True)
class TritonModel:
    """A served model that takes texts and answers JSON, one a row, together with its digest.

    `served` is its name in the model repository. The digest is what the server says it serves now: a model that was
    swapped there no longer has the digest it was registered with, and the gateway refuses it. `seconds` is how long one
    call may take.
    """

    url: str
    served: str
    task: str
    name: str
    version: str
    inputs: tuple[str, ...] = ("title",)
    many: bool = True
    batch: int = 4096
    price: Decimal = Decimal(0)
    seconds: float = 30.0

    @property
    def digest(self) -> str:
        """What the server says that it serves, asked with no row."""
        _, digest = self._infer(pl.DataFrame(schema=dict.fromkeys(self.inputs, pl.String)))
        return digest

    def answer(self, batch: pl.DataFrame) -> Answered:
        """Answers each row of the batch; a missing text is asked as an empty one."""
        texts, _ = self._infer(batch.select(pl.col(self.inputs).cast(pl.String).fill_null("")))
        if len(texts) != batch.height:
            raise TritonError(self.url, self.served, f"{len(texts)} answers to {batch.height} rows")
        model: Model = self
        try:
            rows = pl.Series(texts, dtype=pl.String).str.json_decode(pl.Struct(dict(shape_of(model)))).struct.unnest()
        except pl.exceptions.PolarsError as error:
            # The message may quote the answer.
            raise TritonError(self.url, self.served, f"its answers are no such JSON, {type(error).__name__}") from error
        return Answered(rows)

    def _infer(self, rows: pl.DataFrame) -> tuple[list[str], str]:
        grpc = _client()
        tensors = []
        for name in self.inputs:
            tensor = grpc.InferInput(name, [rows.height], "BYTES")
            tensor.set_data_from_numpy(rows[name].to_numpy().astype(object))
            tensors.append(tensor)
        try:
            result = self._server.infer(self.served, tensors, model_version=self.version, client_timeout=self.seconds)
        except grpc.InferenceServerException as error:
            raise TritonError(self.url, self.served, str(error.status() or "no status")) from error
        answers, digest = result.as_numpy(OUTPUT), result.as_numpy(DIGEST)
        if answers is None or digest is None or len(digest) != 1:
            raise TritonError(self.url, self.served, f"it has no outputs {OUTPUT} and {DIGEST}")
        return [bytes(text).decode() for text in answers], bytes(digest[0]).decode()

    @cached_property
    def _server(self) -> Any:
        return _client().InferenceServerClient(self.url)


def _client() -> "ModuleType":
    # Imported at first use: the client brings grpc along, and most set-ups have no Triton.
    try:
        import tritonclient.grpc
    except ImportError as error:
        raise ServingError("asking a Triton server needs the extra: install aios[triton]") from error
    module: ModuleType = tritonclient.grpc
    return module

"""Triton's Python backend over serving.local.attributes: unpacks tensors, asks, packs tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import triton_python_backend_utils as backend  # exists inside Triton's Python backend only

from serving.local.attributes import Attributes


class TritonPythonModel:
    """What Triton loads; the name and the methods are its own."""

    def initialize(self, args: object) -> None:  # noqa: ARG002 - Triton hands over the configuration
        """Makes the model ready."""
        self._model = Attributes()

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Answers each request: as many JSON texts as titles, and the model's digest."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        titles = backend.get_input_tensor_by_name(request, "title").as_numpy()
        batch = pl.DataFrame({"title": [title.decode() for title in titles]}, schema={"title": pl.String})
        rows = self._model.answer(batch).rows
        told = rows.select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()
        answer = backend.Tensor("answer", np.array([text.encode() for text in told], dtype=np.object_))
        digest = backend.Tensor("digest", np.array([self._model.digest.encode()], dtype=np.object_))
        return backend.InferenceResponse(output_tensors=[answer, digest])

"""The shell is run inside a stand-in for Triton's backend module; where the client is installed, over real gRPC as well."""

import importlib.util
import sys
from concurrent import futures
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import polars as pl
import pytest

import serving
from serving.gateway import Gateway, SwappedModelError
from serving.local.attributes import Attributes
from serving.model import ServingError
from serving.registry import Registry
from serving.triton import TritonError, TritonModel

REPOSITORY = Path(serving.__file__).parent / "repository"


@pytest.fixture
def shell(monkeypatch):
    """The repository's model.py, loaded with what Triton's backend module gives it."""
    backend = ModuleType("triton_python_backend_utils")
    backend.Tensor = lambda name, values: SimpleNamespace(name=name, as_numpy=lambda: values)
    backend.InferenceResponse = lambda output_tensors: {tensor.name: tensor.as_numpy() for tensor in output_tensors}
    backend.get_input_tensor_by_name = lambda request, name: SimpleNamespace(as_numpy=lambda: request[name])
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", backend)
    path = REPOSITORY / "extract_attributes" / "1" / "model.py"
    spec = importlib.util.spec_from_file_location("triton_extract_attributes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.TritonPythonModel()
    model.initialize({})
    return model


def test_the_shell_answers_as_the_model_in_process(shell):
    titles = ["Mug, Blü 64GB", "", "schwarz, Pack of 3"]
    (response,) = shell.execute([{"title": np.array([title.encode() for title in titles], dtype=object)}])
    expected = Attributes().answer(pl.DataFrame({"title": titles})).rows
    told = pl.Series([text.decode() for text in response["answer"]]).str.json_decode(pl.Struct(expected.schema))
    assert told.struct.unnest().equals(expected)
    assert response["digest"].tolist() == [Attributes().digest.encode()]
    (empty,) = shell.execute([{"title": np.array([], dtype=object)}])
    assert len(empty["answer"]) == 0


def test_the_configuration_names_what_the_shell_reads_and_answers():
    told = (REPOSITORY / "extract_attributes" / "config.pbtxt").read_text()
    for name in ("extract_attributes", "title", "answer", "digest"):
        assert f'name: "{name}"' in told


def served(url, **changes):
    told = {"task": "extract/attributes", "name": "title-rules", "version": "1", **changes}
    return TritonModel(url, "extract_attributes", **told)


def test_without_its_client_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tritonclient", None)
    monkeypatch.setitem(sys.modules, "tritonclient.grpc", None)
    with pytest.raises(ServingError, match=r"^asking a Triton server needs the extra: install aios\[triton\]$"):
        _ = served("localhost:1").digest


@pytest.fixture
def server(shell):
    """A gRPC server with Triton's own protocol around the shell; `spoil` may change what it answers."""
    pytest.importorskip("tritonclient.grpc", reason="the extra aios[triton] is not installed")
    import grpc
    from tritonclient.grpc import service_pb2, service_pb2_grpc
    from tritonclient.utils import deserialize_bytes_tensor, serialize_byte_tensor

    class Service(service_pb2_grpc.GRPCInferenceServiceServicer):
        spoil = None

        def ModelInfer(self, request, context):  # noqa: N802
            titles = deserialize_bytes_tensor(request.raw_input_contents[0]) if request.raw_input_contents else []
            (outputs,) = shell.execute([{"title": np.array(titles, dtype=object)}])
            if self.spoil:
                outputs = self.spoil(outputs)
            reply = service_pb2.ModelInferResponse(model_name=request.model_name, model_version="1")
            for name, values in outputs.items():
                reply.outputs.add(name=name, datatype="BYTES", shape=[len(values)])
                packed = serialize_byte_tensor(np.asarray(values, dtype=object))
                reply.raw_output_contents.append(packed.item() if packed.size else b"")
            return reply

    service = Service()
    running = grpc.server(futures.ThreadPoolExecutor(2))
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(service, running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    yield service, f"127.0.0.1:{port}"
    running.stop(0).wait()


def test_over_the_wire_it_is_the_registered_model(server):
    service, url = server
    rows = pl.DataFrame({"sku": ["1", "2"], "title": ["Mug, blue", None]})
    model = served(url)
    gateway = Gateway([model], Registry.load())
    local = Gateway([Attributes()], Registry.load())
    assert gateway.ask("extract/attributes", rows).frame().equals(local.ask("extract/attributes", rows).frame())
    service.spoil = lambda outputs: outputs | {"digest": np.array([b"0" * 64], dtype=object)}
    with pytest.raises(SwappedModelError):
        gateway.ask("extract/attributes", rows)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda outputs: outputs | {"answer": outputs["answer"][:1]},
        lambda outputs: outputs | {"answer": np.array([b"{"] * len(outputs["answer"]), dtype=object)},
        lambda outputs: {"answer": outputs["answer"]},
        lambda outputs: outputs | {"digest": np.array([], dtype=object)},
    ],
)
def test_what_a_server_must_not_answer(server, spoil):
    service, url = server
    service.spoil = spoil
    with pytest.raises(TritonError, match="did not answer"):
        served(url).answer(pl.DataFrame({"title": ["blue", "red"]}))


def test_a_server_that_is_not_there_is_told(server):
    with pytest.raises(TritonError, match="did not answer"):
        served("127.0.0.1:1", seconds=2.0).answer(pl.DataFrame({"title": ["blue"]}))

"""A real Triton server over our model repository: what it answers over gRPC is what the model answers in process."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import serving
from serving.gateway import Gateway
from serving.local.attributes import Attributes
from serving.registry import Registry
from serving.triton import TritonError, TritonModel

ROOT = Path(serving.__file__).parents[1]
TITLES = [
    "Mug, Blü 64GB",
    "",
    "schwarz, Pack of 3",
    None,
    "Garden hose 25 m, green, PVC",
    "電気ケトル 1.7L",
    "x" * 20_000,
]

pytestmark = [pytest.mark.triton, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server answers that serves our repository, on loopback only."""
    grpc = pytest.importorskip("tritonclient.grpc", reason="the extra aios[triton] is not installed")
    log, url = tmp_path_factory.mktemp("triton") / "log", f"127.0.0.1:{free_port()}"
    command = [
        str(ROOT / ".tools" / "triton" / "bin" / "tritonserver"),
        "--model-repository",
        str(ROOT / "serving" / "repository"),
    ]
    command += ["--grpc-address", "127.0.0.1", "--grpc-port", url.partition(":")[2], "--model-control-mode", "none"]
    command += ["--allow-http", "false", "--allow-metrics", "false", "--exit-timeout-secs", "5"]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            with grpc.InferenceServerClient(url) as client:
                end = time.monotonic() + 120
                while not ready(grpc, client):
                    assert process.poll() is None, log.read_text(errors="replace")[-4000:]
                    assert time.monotonic() < end, log.read_text(errors="replace")[-4000:]
                    time.sleep(0.2)
            yield url
        finally:
            process.terminate()


def ready(grpc, client) -> bool:
    try:
        return bool(client.is_model_ready("extract_attributes"))
    except grpc.InferenceServerException:
        return False


def served(url: str, **changes: str) -> TritonModel:
    told = {"task": "extract/attributes", "name": "title-rules", "version": "1", **changes}
    return TritonModel(url, "extract_attributes", **told)


def test_it_answers_as_the_model_in_process(server: str) -> None:
    batch = pl.DataFrame({"title": TITLES}, schema={"title": pl.String})
    expected = Attributes().answer(batch.fill_null("")).rows
    assert served(server).answer(batch).rows.equals(expected)
    many = pl.DataFrame({"title": [f"Kettle {n} W, steel, {n % 9}.5 l" for n in range(4096)]})
    assert served(server).answer(many).rows.equals(Attributes().answer(many).rows)
    assert served(server).answer(batch.clear()).rows.is_empty()


def test_the_gateway_takes_it_for_the_registered_model(server: str) -> None:
    rows = pl.DataFrame({"sku": ["1", "2"], "title": ["Mug, blue", None]})
    answers = [
        Gateway([model], Registry.load()).ask("extract/attributes", rows) for model in (served(server), Attributes())
    ]
    assert answers[0].frame().equals(answers[1].frame())
    assert served(server).digest == Attributes().digest


def test_what_it_does_not_serve_is_told_in_words(server: str) -> None:
    with pytest.raises(TritonError, match="did not answer for extract_attributes"):
        served(server, version="7").answer(pl.DataFrame({"title": ["mug"]}))

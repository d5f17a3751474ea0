"""A preloaded process: it has imported what a program under faults imports, has computed nothing, and forks for each start.

A cold start costs seconds of importing, a fork some milliseconds, and the program cannot tell: it runs as `__main__`, to
the interpreter's end, with the FAULT_* variables and the outputs of whoever asked. Nothing that a fork cannot take along
may be there before it: a thread that computes is an error.

`python forked.py SOCKET PROGRAM` serves; `forked` starts that and ends it.
"""

import array
import contextlib
import ctypes
import gc
import os
import runpy
import select
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "tools" / "faults"

IDLE = {"jemalloc_bg_thd", "polars-ooc-clea"}
"""Threads that polars, pyarrow and deltalake start when they are imported: they give memory back and hold nothing."""


def built(folder: Path) -> tuple[Path, Path]:
    """Compiles interposer and client; answers both."""
    so, client = folder / "faultpoints.so", folder / "forked_client"
    interposer = ["-shared", "-fPIC", "-I", str(SHARED), str(HERE / "faultpoints_anew.c"), "-ldl"]
    for target, what in ((so, interposer), (client, [str(HERE / "forked_client.c")])):
        subprocess.run(["gcc", "-O1", "-o", str(target), *what], check=True, capture_output=True)
    return so, client


@contextlib.contextmanager
def forked(so: Path, client: Path, at: Path, program: Path) -> Iterator[str]:
    """A preloaded process for this program while the block lasts; answers the command that its arguments follow."""
    env = os.environ | {"LD_PRELOAD": str(so), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, __file__, str(at), str(program)]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the preloaded process did not start: it ended with {process.wait()}")
        try:
            yield f"{client} {at} {program}"
        finally:
            process.stdin.close()  # it ends with its stdin


def preload(program: Path) -> None:
    """Imports what the program imports, and does what it says can be done `ahead`."""
    sys.path[0] = str(program.parent)
    runpy.run_path(str(program), run_name="preloaded").get("ahead", lambda: None)()
    tasks = Path("/proc/self/task")
    others = [(task / "comm").read_text().strip() for task in tasks.iterdir() if task.name != str(os.getpid())]
    if working := set(others) - IDLE:
        sys.exit(f"threads are at work after importing, and a fork takes none of them along: {sorted(working)}")
    gc.collect()
    gc.freeze()


def serve(at: Path) -> tuple[list[str], dict[str, str]] | None:
    """Forks for each request. Answers words and FAULT_* variables in the fork, and None in the parent, at its end."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(at))
    listener.listen()
    asked: dict[int, tuple[int, socket.socket]] = {}
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([0, listener, *asked], [], [])
        if 0 in ready:
            for pid, _ in asked.values():
                os.kill(pid, 9)
            return None
        for ended in [one for one in ready if one in asked]:
            pid, line = asked.pop(ended)
            os.close(ended)
            with contextlib.suppress(OSError):  # who asked may have gone
                line.send(array.array("i", [os.waitpid(pid, 0)[1]]).tobytes())
            line.close()
        if listener in ready:
            line, _ = listener.accept()
            told, outs, _, _ = socket.recv_fds(line, 65536, 2)
            if (pid := os.fork()) == 0:
                for number, out in enumerate(outs, start=1):
                    os.dup2(out, number)
                    os.close(out)
                for one in (listener, line, *(other for _, other in asked.values())):
                    one.close()
                for one in asked:
                    os.close(one)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                words, _, variables = told.decode().partition("\0\0")
                faults = [pair for pair in variables.split("\0") if pair]
                return words.split("\0"), dict(pair.split("=", 1) for pair in faults)
            for out in outs:
                os.close(out)
            asked[os.pidfd_open(pid)] = pid, line


def main() -> None:
    interposer = ctypes.CDLL(None)
    preload(Path(sys.argv[2]))
    if (request := serve(Path(sys.argv[1]))) is None:
        os._exit(0)
    words, faults = request
    sys.argv = words
    os.environ.update(faults)
    interposer.faults_anew()
    if faults:
        runpy.run_path(words[0], run_name="__main__")
    else:  # no fault can strike it any more: it need not take the interpreter apart, which costs more than its work
        leave(words[0])


def leave(program: str) -> NoReturn:
    """Runs the program and ends with its exit status at once."""
    status = 0
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()

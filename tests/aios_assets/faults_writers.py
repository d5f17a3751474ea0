"""Writers that race for one table while half of them are killed: `python faults_writers.py [--writers 8] [--commits 500]`.

Each writer adds its own keys, one a commit, and notes beside the lake what was acknowledged. Every second writer is
killed (SIGKILL) after a random number of commits, wherever it then is, and started again, until all have done their
share. Then: nothing acknowledged lost, nothing there twice, the ledger verified. Prints one JSON line.
"""

import argparse
import json
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from multiprocessing.context import ForkServerProcess as Writer
from pathlib import Path

from lock_fixtures import House

from aios_assets.errors import Overtaken
from aios_assets.reconcile import reconcile
from audit.ledger import Kind

TABLE = "things"
BUCKETS = 16


def note(folder: Path, writer: int) -> Path:
    return folder / f"writer{writer}.acked"


def write(folder: Path, writer: int, commits: int) -> None:
    """One writer's share. What is published already is not written again: that is how it goes on after a death."""
    house = House.opened(folder)
    reconcile(house.lake)
    there = house.rows(TABLE)
    with note(folder, writer).open("a") as acked:
        for number in range(commits):
            key = f"w{writer}-{number:05}"
            while key not in there:
                try:
                    house.lake.commit(house.judged(TABLE, {key: number}))
                except Overtaken:
                    continue
                acked.write(f"{key}\n")
                acked.flush()
                break


STARTS = multiprocessing.get_context("forkserver")
"""Writers are forked off a process that has only imported: they are killed so often that cold starts would be most of it."""
STARTS.set_forkserver_preload(["aios_assets.draft", "aios_assets.lake", "aios_assets.reconcile", "audit.verify"])


def race(folder: Path, *, writers: int, commits: int, seed: int) -> dict[str, object]:
    """Runs all writers to their end; answers what was found."""
    chance, deaths, begun = random.Random(seed), 0, time.monotonic()
    House.opened(folder).put(TABLE, {}, buckets=BUCKETS)

    def start(writer: int) -> Writer:
        process = STARTS.Process(target=write, args=(folder, writer, commits))
        process.start()
        return process

    def acknowledged(writer: int) -> int:
        return note(folder, writer).read_text().count("\n") if note(folder, writer).exists() else 0

    running = {writer: start(writer) for writer in range(writers)}
    most = max(2, commits // 10)
    doomed = {writer: chance.randint(1, most) for writer in range(0, writers, 2)}
    while running:
        time.sleep(0.01)
        for writer, process in list(running.items()):
            if process.exitcode is not None:
                if process.exitcode == 0:
                    del running[writer]
                    continue
                if process.exitcode != -signal.SIGKILL:
                    raise AssertionError(f"writer {writer} ended with {process.exitcode}")
                running[writer] = start(writer)
            elif writer in doomed and (done := acknowledged(writer)) >= doomed[writer]:
                process.kill()
                deaths += 1
                doomed[writer] = done + chance.randint(1, most)
    seconds = time.monotonic() - begun
    return {"seconds": round(seconds, 1), "deaths": deaths, **told(folder, writers=writers, commits=commits)}


def told(folder: Path, *, writers: int, commits: int) -> dict[str, object]:
    """What a fresh process finds."""
    house = House.opened(folder)
    done = reconcile(house.lake)
    rows = house.lake.scan(TABLE).collect().get_column("id").to_list()
    acked = [line for writer in range(writers) for line in note(folder, writer).read_text().split()]
    wanted = {f"w{writer}-{number:05}" for writer in range(writers) for number in range(commits)}
    committed = [body["permit"] for body in house.entries(Kind.COMMITTED)]
    seen = house.verified()
    return {
        "in_doubt": len(done.in_doubt),
        "lost": len(set(acked) - set(rows)),
        "missing": len(wanted - set(rows)),
        "twice": len(rows) - len(set(rows)) + len(committed) - len(set(committed)),
        "versions": len(house.log(TABLE)),
        "committed": len(committed),
        "abandoned": len(house.entries(Kind.ABANDONED)),
        "ledger": seen.size,
        "verified": seen.ok,
        "problems": [str(problem) for problem in seen.problems[:5]],
    }


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--writers", type=int, default=8)
    args.add_argument("--commits", type=int, default=500)
    args.add_argument("--seed", type=int, default=1)
    opt = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = race(Path(folder), writers=opt.writers, commits=opt.commits, seed=opt.seed)
    print(json.dumps({"writers": opt.writers, "commits": opt.commits, **found}))
    right = not (found["lost"] or found["missing"] or found["twice"] or found["in_doubt"]) and found["verified"]
    sys.exit(not right)


if __name__ == "__main__":
    main()

"""Runs every benchmark of this folder, one process each: their JSON lines as they come, then one table.

    python -m benchmarks [NAME…]

A benchmark is a file here that is a program and prints JSON lines about what it measured; other lines are passed
through. If one of them fails, this fails.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TITLES = ("name", "what", "bench")


def measured(file: Path) -> tuple[int, list[dict[str, Any]]]:
    """Its exit status and the figures that it printed."""
    found: list[dict[str, Any]] = []
    command = [sys.executable, "-m", f"{HERE.name}.{file.stem}"]
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(told, dict):
                found.append(told)
    return process.returncode, found


def measures(file: Path) -> bool:
    """Whether a file here is a benchmark: a program, and neither this one nor one that throws things at the product."""
    return not file.name.startswith(("_", "fuzz_")) and "__main__" in file.read_text(encoding="utf-8")


def row(benchmark: str, told: dict[str, Any]) -> tuple[str, str, str]:
    """A line of the table: which benchmark, of what, and its figures."""
    title = next((str(told[key]) for key in TITLES if key in told), "")
    return benchmark, title, "  ".join(f"{key} {value}" for key, value in told.items() if key not in TITLES)


def main(names: list[str]) -> int:
    """All benchmarks, or the named ones."""
    files = sorted(path for path in HERE.glob("*.py") if measures(path))
    chosen = [file for file in files if not names or file.stem in names]
    if unknown := set(names) - {file.stem for file in files}:
        print(f"no benchmark is called {sorted(unknown)}; there are {[file.stem for file in files]}", file=sys.stderr)
        return 2
    failed: list[str] = []
    rows: list[tuple[str, str, str]] = []
    for file in chosen:
        status, found = measured(file)
        rows += [row(file.stem, told) for told in found]
        if status:
            failed.append(file.stem)
    widths = [max((len(line[at]) for line in rows), default=0) for at in (0, 1)]
    print()
    for benchmark, title, figures in rows:
        print(f"{benchmark:<{widths[0]}}  {title:<{widths[1]}}  {figures}")
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

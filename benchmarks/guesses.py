"""Guesses of columns over made-up layouts of shops: right, asked, or wrong (which must never be).

`python -m benchmarks.guesses [LAYOUTS] [--seed N] [--show WHAT]`. Each layout is written as CSV and opened like any file,
so detection, header and guess are all under test. One JSON object a style of names, then one for all. Ends with 1 where
a SKU, title, price or brand was wrong.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from aios_assets.feeds import Limits, guess, open_delivery
from benchmarks.layouts import OWED, Layout, layouts

LIMITS = Limits(settle_seconds=0)


def judged(made: Layout, folder: Path) -> dict[str, str]:
    """For each owed field: right, asked, missed (the feed has it, the guess says nothing), or wrong."""
    path = folder / "feed.csv"
    path.write_text(made.rows.write_csv(include_header=made.header), encoding="utf-8")
    found = guess(open_delivery(path, limits=LIMITS))
    told = {each.field: each.column for each in found.fields}
    asked = {doubt.field for doubt in found.doubts}
    answer = {}
    for field in OWED:
        if field in asked:
            answer[field] = "asked"
        elif field not in told:
            answer[field] = "right" if made.truth[field] is None else "missed"
        else:
            answer[field] = "right" if told[field] == made.truth[field] else f"wrong: {told[field]}"
    answer["kind"] = "right" if found.kind == "products" else "wrong: sales"
    return answer


def main() -> int:
    """Runs all layouts and prints how they went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layouts", type=int, nargs="?", default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="wrong", help="layouts to tell of: wrong, missed or asked")
    given = parser.parse_args()
    styles: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as folder:
        for made in layouts(given.layouts, given.seed):
            answer = judged(made, Path(folder))
            style = made.name.split(", ")[1]
            worst = next(
                (w for w in ("wrong", "missed", "asked") if any(a.startswith(w) for a in answer.values())), "right"
            )
            if worst == "wrong" and "asked" in answer.values():
                worst = "wrong but stopped"
            for name in (style, "all"):
                styles[name].update([worst, *(f"{field} {said.split(':')[0]}" for field, said in answer.items())])
            if shown := {field: said for field, said in answer.items() if said.startswith(given.show)}:
                print(
                    json.dumps({"layout": made.name, "truth": made.truth, **shown}, ensure_ascii=False), file=sys.stderr
                )
    for name, counts in styles.items():
        print(json.dumps({"name": "guesses", "style": name, **dict(sorted(counts.items()))}))
    return 1 if styles["all"]["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

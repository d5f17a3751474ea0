"""Personal data: throughput and recall against Presidio's pattern recognisers on the same texts, and the bulk cost.

    python benchmarks/personal.py [--texts 4000] [--rows 1000000] [--seed 1]

Product text is titles and descriptions of the shared feeds where they are there (else made up), with made-up personal data
put into one text in ten; what was put in is what recall is measured by. Presidio runs with its pattern recognisers over a
blank spaCy model (no names, as it has no model for them). One JSON object a line: by type, then throughput, then bulk.
"""

import argparse
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also without an installed package

from aios_assets.enrich import personal
from aios_assets.enrich.redact import tokenise
from aios_assets.vault import Vault

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FEEDS = (
    ("walmart_amazon/amazon.csv", "|"),
    ("walmart_amazon/walmart.csv", "|"),
    ("amazon_google/amazon.csv", "#"),
    ("amazon_google/gp.csv", "#"),
)
PRESIDIO = {
    "mail": "EMAIL_ADDRESS",
    "card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "phone": "PHONE_NUMBER",
    "id": "US_SSN",
    "ip": "IP_ADDRESS",
}
"""The types that both know."""


def product_texts() -> list[str]:
    """Titles and descriptions as two shops wrote them."""
    texts: list[str] = []
    for name, separator in FEEDS:
        if (SHARED / name).exists():
            frame = pl.read_csv(
                SHARED / name,
                separator=separator,
                infer_schema=False,
                encoding="utf8-lossy",
                quote_char=None,
                truncate_ragged_lines=True,
            )
            for column in ("title", "description"):
                if column in frame.columns:
                    texts += frame[column].drop_nulls().to_list()
    return texts or [f"Steel bottle {n} ml, model SB-{n}, pack of {n % 9}, black" for n in range(20_000)]


def luhn(digits: str) -> str:
    """The digits and their check digit."""
    total = sum(sum(divmod(int(d) * (2 - at % 2), 10)) for at, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def datum(rng: random.Random, kind: str) -> tuple[str, str]:
    """Words before, and a made-up datum of this type, in one of the ways that people write it."""

    def digits(count: int) -> str:
        return "".join(rng.choice("0123456789") for _ in range(count))

    match kind:
        case "mail":
            name = rng.choice(["jane.doe", "k_mueller", "info+x", "a.rossi", "jan-kowalski"])
            return rng.choice(
                ["contact ", "mail: ", "", "write to "]
            ), f"{name}{rng.randrange(999)}@{rng.choice(['example.com', 'shop.example.de', 'mail.example.co.uk'])}"
        case "card":
            number = luhn(rng.choice(["4", "51", "55", "2221"]).ljust(15, "#").replace("#", "{}").format(*digits(14)))
            sep = rng.choice(["", " ", "-"])
            return rng.choice(["card ", "visa ", "", "paid with "]), sep.join(
                number[at : at + 4] for at in range(0, 16, 4)
            )
        case "iban":
            country, bank = rng.choice([("DE", 18), ("NL", 0), ("GB", 1)])
            bban = {18: digits(18), 0: "ABNA" + digits(10), 1: "WEST" + digits(14)}[bank]
            check = 98 - int("".join(str(int(c, 36)) for c in bban + country + "00")) % 97
            text = f"{country}{check:02d}{bban}"
            return rng.choice(["IBAN ", "pay to ", ""]), rng.choice(
                [text, " ".join(text[at : at + 4] for at in range(0, len(text), 4))]
            )
        case "phone":
            area, line = f"{rng.choice([212, 415, 617, 303, 206])}", f"{rng.randrange(200, 999)}-{digits(4)}"
            return rng.choice(
                [
                    ("call ", f"({area}) {line}"),
                    ("", f"+1 {area} {line.replace('-', ' ')}"),
                    ("phone ", f"{area}-{line}"),
                    ("Tel. ", f"030 {rng.randrange(2, 9)}{digits(6)}"),
                    ("mobile: ", f"+49 171 {rng.randrange(2, 9)}{digits(6)}"),
                    ("call me on ", f"020 7{digits(3)} {digits(4)}"),
                ]
            )
        case "id":
            return rng.choice(
                ["SSN ", "social security number ", ""]
            ), f"{rng.randrange(1, 665):03d}-{rng.randrange(1, 99):02d}-{rng.randrange(1, 9999):04d}"
        case _:
            return rng.choice(["from ip ", "address ", "logged in from "]), ".".join(
                str(rng.randrange(20, 100)) for _ in range(4)
            )


def insert(texts: list[str], rng: random.Random, share: float) -> tuple[list[str], dict[int, tuple[int, int, str]]]:
    """The texts with a datum put between two words of some; where, and what."""
    answer, gold = [], {}
    for row, text in enumerate(texts):
        if rng.random() >= share:
            answer.append(text)
            continue
        words = text.split(" ")
        at = rng.randrange(len(words) + 1)
        kind = rng.choice(list(PRESIDIO))
        before, value = datum(rng, kind)
        head = " ".join([*words[:at], ""]) + before
        answer.append(head + value + " ".join(["", *words[at:]]))
        gold[row] = (len(head), len(head) + len(value), kind)
    return answer, gold


def presidio_engine() -> Any:
    """Presidio's analyzer with its pattern recognisers, over a blank spaCy model."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):  # type: ignore[misc]  # Presidio is untyped here
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

    logging.disable(logging.WARNING)
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


class Timed(NamedTuple):
    """What some work answers, its seconds by the clock, and its processor seconds over all threads."""

    answer: Any
    seconds: float
    processor: float


def timed(work: Any) -> Timed:
    """Does the work and says what it took."""
    begin, processor = time.perf_counter(), time.process_time()
    return Timed(work(), time.perf_counter() - begin, time.process_time() - processor)


def say(**facts: object) -> None:
    """One JSON object on a line."""
    print(json.dumps({"bench": "personal", **facts}), flush=True)


def compare(texts: list[str], gold: dict[int, tuple[int, int, str]], *, sample: int) -> None:
    """Recall by type and spans where none were put in, of both on the same sample; texts a second, of ours on all as well."""
    whole = pl.Series(texts)
    texts = texts[:sample]
    gold = {row: span for row, span in gold.items() if row < sample}
    column = pl.Series(texts)
    personal.find(column.head(10))
    runs = [timed(lambda: personal.find(column)) for _ in range(5)]
    found = runs[0].answer
    ours: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row, start, end, kind, _ in found.iter_rows():
        ours[row].append((start, end, kind))
    all_runs = [timed(lambda: personal.find(whole)) for _ in range(3)]
    engine = presidio_engine()
    engine.analyze(texts[0], "en")
    theirs_timed = timed(lambda: [engine.analyze(text, "en") for text in texts])
    back = {name: kind for kind, name in PRESIDIO.items()}
    theirs = {
        row: [(a.start, a.end, back[a.entity_type]) for a in answer if a.entity_type in back]
        for row, answer in enumerate(theirs_timed.answer)
    }
    for kind in PRESIDIO:
        put = {row: span for row, span in gold.items() if span[2] == kind}
        say(
            what="recall",
            type=kind,
            put_in=len(put),
            ours=sum(holds(ours[row], span) for row, span in put.items()) / len(put),
            presidio=sum(holds(theirs[row], span) for row, span in put.items()) / len(put),
            elsewhere_ours=sum(span[2] == kind for row in range(len(texts)) if row not in gold for span in ours[row]),
            elsewhere_presidio=sum(
                span[2] == kind for row in range(len(texts)) if row not in gold for span in theirs[row]
            ),
        )
    each = [run.seconds / len(whole) for run in all_runs]
    each_processor = [run.processor / len(whole) for run in all_runs]
    theirs_each, theirs_processor = theirs_timed.seconds / len(texts), theirs_timed.processor / len(texts)
    say(
        what="throughput",
        texts=len(whole),
        sample=len(texts),
        ours_microseconds=round(statistics.median(each) * 1e6, 1),
        ours_processor_microseconds=round(statistics.median(each_processor) * 1e6, 1),
        presidio_microseconds=round(theirs_each * 1e6, 1),
        presidio_processor_microseconds=round(theirs_processor * 1e6, 1),
        ratio=round(theirs_each / statistics.median(each), 1),
        ratio_processor=round(theirs_processor / statistics.median(each_processor), 1),
        ratio_on_sample=round(theirs_timed.seconds / statistics.median(run.seconds for run in runs), 1),
        floor=50,
    )


def holds(spans: list[tuple[int, int, str]], gold: tuple[int, int, str]) -> bool:
    """Whether a span of the type covers at least half of what was put in."""
    start, end, kind = gold
    return any(k == kind and 2 * (min(e, end) - max(s, start)) >= end - start for s, e, k in spans)


def bulk(texts: list[str], rng: random.Random, rows: int) -> None:
    """What a column of so many distinct rows costs, one in a hundred with a datum: find, and tokenise into a vault."""
    many = [f"{texts[n % len(texts)]} {n}" for n in range(rows)]
    many, gold = insert(many, rng, 0.01)
    column = pl.Series(many)
    counting = timed(lambda: personal.count(column))
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.open(Path(folder) / "keys", Path(folder) / "lake")
        sealing = timed(lambda: tokenise(column, vault.tokens))
        again = timed(lambda: tokenise(column, vault.tokens))
        digesting = timed(lambda: vault.digests(column))
    say(
        what="bulk",
        rows=rows,
        with_a_datum=len(gold),
        megabytes=round(column.str.len_bytes().sum() / 1e6),
        count_seconds=round(counting.seconds, 2),
        count_processor_seconds=round(counting.processor, 2),
        tokenise_seconds=round(sealing.seconds, 2),
        tokenise_again_seconds=round(again.seconds, 2),
        line_digest_seconds=round(digesting.seconds, 2),
    )


def main() -> None:
    """Runs both parts."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--texts", type=int, default=4_000)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    rng = random.Random(given.seed)
    texts = product_texts()
    bulk([text for text in texts if len(text) < 200], rng, given.rows)
    rng.shuffle(texts)
    compare(*insert(texts, rng, 0.1), sample=given.texts)


if __name__ == "__main__":
    main()

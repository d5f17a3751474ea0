"""Builds the lists of names from what Faker ships: `python -m aios_assets.enrich.personal.build` (`pip install 'aios[names]'`).

Faker (MIT) holds the common given names and surnames of some eighty locales. Kept are names in Latin letters, written plain
(small letters, no accents), without those that are everyday words in one of its lists of words, unless KEPT says that
they are names first. The result lies beside this file, as Faker itself takes 25 MB and is for making data up.
"""

import importlib
import itertools
import pkgutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from aios_assets.enrich.personal.names import GIVEN, SURNAMES, plain

_TEXT_KEPT = """
    amber andrea angel anna april art austin bella ben bill brad carlo carol chance charlie chris christian clara claude
    dan daniel david dawn dean dick don ed edgar emma ernst eva faith felix frank franz gene grace grant harry hope ivan
    ana anders andre antonio bjorn carlos claire daan dolores donna ella felipe fernando francisco francois gabi jorge jose
    juan julio kristen luis luna manuel marco maxime miguel mira norma pablo pedro pierre pietro rafael raj sam santiago
    sean stan theo victoria violet
    jack jan jean john josef karl ken kim laura lena linda lisa lucia marc maria marie marina mario mark martin mary max
    michael mike mona monika nina olga otto paul peter petr ray rita rob robert roman rosa rose ruth sally sara sonja
    stella sue ted tim tom tony vera victor viola will
    """
KEPT = frozenset(_TEXT_KEPT.split())
"""Given names that some list of words holds as well."""

_TEXT_MISSING = """
    arash ashok bartosz chen deepak deepika dmitry fang femi haruto hui jing kasia kavita kees keiko mei ming nataliya
    oksana oliwia patrycja raj rajesh sandeep sanjay sunil suresh takeshi vikram wei wiktoria wojtek xiu yekaterina yuki
    zuzanna
    """
MISSING = frozenset(_TEXT_MISSING.split())
"""Common given names that Faker lacks, or holds in another alphabet only."""

_TEXT_MEANT = """
    amethyst baby black blanch blue bottle box brown case clear cloud color company copper cotton diamond dusty ebony emerald
    english gold golden gray green grey indigo ivory jade jewel kit kitty lens male mens midnight mister nova ocean
    onyx opal orange page pages park pearl phoenix pink power pro purple rainbow red ruby sapphire sharp shirt short silver
    sky smart snow star sunny sunshine velvet white yellow
    """
MEANT = frozenset(_TEXT_MEANT.split())
"""Colours, materials and things that a catalogue means when it says such a name."""


def names(kind: str) -> set[str]:
    """Every name of a kind (`first` or `last`) in Latin letters, plain, of three letters or more."""
    found: set[str] = set()
    for locale in _modules("person"):
        lists = [getattr(locale.Provider, of) for of in dir(locale.Provider) if of.startswith(f"{kind}_names")]
        listed = itertools.chain.from_iterable(names for names in lists if isinstance(names, Iterable))
        found |= {plain(name) for name in listed if isinstance(name, str) and _is_latin(name)}
    return {name for name in found if len(name) > 2}


def words() -> set[str]:
    """Everyday words of the languages that are written in Latin letters."""
    lists = (getattr(locale.Provider, "word_list", ()) for locale in _modules("lorem"))
    return {word for listed in lists for word in listed if _is_latin(word) and word.islower()}


def _modules(provider: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"faker.providers.{provider}")
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") or char in "'-" for char in name)


def main() -> int:
    """Writes both lists, a name a line."""
    everyday = {plain(word) for word in words()}
    given = ((names("first") | MISSING) - everyday - MEANT) | KEPT
    for path, found in ((GIVEN, given), (SURNAMES, names("last") - (everyday - given) - MEANT)):
        Path(path).write_text("".join(f"{name}\n" for name in sorted(found)), encoding="utf-8")
        sys.stderr.write(f"{path}: {len(found):,} names\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

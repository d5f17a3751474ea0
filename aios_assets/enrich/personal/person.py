"""Person: names that stand beside a word which says that a person follows, and dates of birth.

A catalogue names people all the time (Calvin Klein, a Paul Smith shirt, Mr. Coffee, an author, an actor), and they are
not what is looked for. A name counts where the words before it introduce a person, never by itself.
"""

import re
from collections.abc import Iterator, Sequence

from aios_assets.enrich.personal.eponym import COMPANY
from aios_assets.enrich.personal.names import is_given, is_surname
from aios_assets.enrich.personal.scan import Detector
from aios_assets.enrich.personal.signs import LONGEST
from aios_assets.enrich.personal.span import Span
from aios_assets.enrich.personal.talk import HUMAN, ORDINARY

_WORD = re.compile(r"[^\W\d_][^\W\d_'.-]{0,30}(?:['-][^\W\d_]{1,30}){0,3}")
_GAP = re.compile(r"\.?[ \t]{1,2}")
_TEXT_PARTICLES = """
van von de der den del della di da dos das du la le lo ten ter zu zum al el bin ibn af av mac mc y e
"""
_PARTICLES = frozenset(_TEXT_PARTICLES.split())
_TEXT_AFTER_NAME = """
md phd jr sr esq the and or for with at on in to of by from you your please about under is it this that if when center
centre support service customer sales team us department office manager online kundenservice kundendienst vertrieb
verkauf abteilung firma herr frau mr mrs ms dr
"""
_AFTER_NAME = frozenset(_TEXT_AFTER_NAME.split())

_INTRODUCED = (
    r"(?:my|his|her|maiden|full|first|last|legal)\s(?:full\s|first\s|last\s)?name(?:'s|\sis|\s?:)|"
    r"(?:contact|customer|client|cardholder|patient|recipient)(?:'s)?\s(?:person|name)\s?(?:is|:)|c/o|undersigned,|"
    r"(?:sincerely|regards|best\swishes|yours\struly|gr(?:ü|ue)(?:ß|ss)en?)[,!.]?\s{0,3}\n|"
    r"ansprechpartner(?:in)?\s?:?|kontaktperson\s?:?|zu\sh[aä]nden(?:\svon)?|z\.\s?hd\.?|(?:vor|nach)name\s?:|"
    r"kunden?name\s?:|mein\sname\sist|ich\shei(?:ß|ss)e|"
    r"je\sm'appelle|mon\snom\sest|personne\s[aà]\scontacter\s?:?|pr[eé]nom\s?:|me\sllamo|mi\snombre\ses|"
    r"nombre\sy\sapellidos?\s?:|persona\sde\scontacto\s?:?|"
    r"mi\schiamo|nome\se\scognome\s?:|persona\sdi\scontatto\s?:?|nazywam\ssi[eę]|osoba\skontaktowa\s?:?|"
    r"imi[eę]\si\snazwisko\s?:|mijn\snaam\sis|contactpersoon\s?:?|jag\sheter|"
    r"meu\snome\s[eé]"
)
_KIN = r"partner's\sname|(?:call|calls|called|name[ds]?)\sme|follow\sup\s(?:to|with)"
_ENGLISH_TITLE = r"mr|mrs|ms|mx|miss|dr|prof|sir"
_TITLE = (
    rf"(?:{_ENGLISH_TITLE}|herrn?|frau|hr|mme|mlle|madame|monsieur|m\.|sr|sra|se[nñ]ora?|do[nñ]a|sig(?:\.?ra)?|"
    r"signora?|signorina|dhr|mevr|mevrouw|meneer|pan[iaąuoeęí]|pan(?:em|ią)|fru|fr[oö]ken|senhora?|smt|shri|sri|fam(?:ilie)?|"
    r"aunt(?:ie|y)?|uncle|gran(?:ny|ma|dma|dpa)|tante|onkel|t[ií][ao]|zi[ao]|ciocia|wujek|doamna|domnul)\.?(?:\s(?:dr|prof|ing|mag)\.)?"
)
_RELATED = re.compile(r"(?:aunt|uncle|gran|tante|onkel|t[ií][ao]|zi[ao]|ciocia|wujek)")
"""What brands like to call themselves: `Granny Smith`, `Uncle Ben`."""
_REACHED = (
    r"contact|attn|call|kontakt(?:ieren\ssie)?|contatt[oa](?:re)?|contacto|contactez|contacter|appelez|ask\sfor|"
    r"write\sto|(?:text|ring|e-?mail|phone|name|nom|naam|nombre|recipient|empf[aä]nger|referente|surname|reach|"
    r"from|to|cc|attendees?|participants?|guests?|passengers?|employees?|owner|holder|beneficiary|payee|sender|"
    r"user|responsable|responsabile|verantwortlich(?:er)?|sachbearbeiter(?:in)?|titular|besteller(?:in)?|"
    r"kund[ei]n?|klient|"
    r"cliente|odbiorca|destinataire|destinatari[oa]|ontvanger|customer|client|buyer|kupuj[aą]cy|first\sname|"
    r"nachname|vorname|apellidos|cognome|nome|mottagare|modtager|p[rř][ií]jemce|odb[eě]ratel|vastaanottaja|c[ií]mzett|n[eé]v|"
    r"destinatar|al\wc\w|primatelj)\s?(?=:)|"
    r"(?:by|our|from)\scustomer"
)
_TEXT_LABELS = """
name, nom, naam, nombre, surname, recipient, empfänger, destinataire, destinatario, destinataria, ontvanger, odbiorca, kupujący,
customer, buyer, client, cliente, kunde, kundin, besteller, bestellerin, sender, beneficiary, payee, titular,
first name, nachname, vorname, apellidos, cognome, nome, mottagare, modtager, příjemce, odběratel, vastaanottaja, címzett, név,
destinatar, al\u0131c\u0131, primatelj
"""
_LABELS = frozenset(label.strip() for label in _TEXT_LABELS.split(","))
"""Labels behind which, with a colon, nothing but a person's or a company's name stands."""
_ADDRESSED = (
    r"(?:billing|shipping|delivery|home|postal|mailing|invoice)?\s?address|(?:liefer|rechnungs)?(?:adresse|"
    r"anschrift)|ship\sto|bill\sto|deliver\sto|sold\sto|adres|direcci[oó]n|indirizzo"
)

_INTRO = re.compile(
    rf"(?<![^\W_])(?:(?P<introduced>{_INTRODUCED})|(?P<title>{_TITLE})|(?P<addressed>{_ADDRESSED})\s?:|"
    rf"(?P<kin>{_KIN})|(?P<reached>{_REACHED}))(?:(?<=\s)|[\s:,.-]{{1,4}})(?=[^\W\d_])"
)
_LIVES = re.compile(
    r"(?:^|(?<=[\s(\"']))[^\W\d_][\w'-]{1,30}(?:[ ][^\W\d_][\w'-]{1,30}){0,2}(?=(?:'s address|\slives?\s(?:at|on)|"
    r"\slived\sat|\swohnt\sin|\shabite\sau)(?![^\W_]))"
)

_TEXT_BRANDED = """
coco coffee clean beer bean potato pepper martens marten scholl scholls seuss brown browns dre jart oetker hauschka
hauschkas men t robot magoo who phil no strange doom octopus evil pac meyer meyers fields butterworth dash freeze
incredible big bubble sketch dior sixty tussauds bovary doubtfire marvel kitty bronner bronners jekyll dolittle house
oz holle nilsson der office heater gasket grammar muscle sprout mercedes universe piggy saigon congeniality america
peregrine wonderful fox pickles tea right world sherlock brainy brain beats bonner sebagh jackson
"""
_BRANDED = frozenset(_TEXT_BRANDED.split())
"""What stands behind a title in the name of a product, a brand or a film."""

_SPOKEN = re.compile(
    r"(?i)(?<![^\W_])(?:lives?d?|said|says|account|speak|ask for|years? old|told|wrote|asked|phone|e-?mail|"
    r"contact|call|address|name|appointment|manager|tel|please|dear|sehr geehrte[rn]?|"
    r"rufen|wenden|kontakt|ihre?n?|unsere?n?|cher|ch[eè]re|estimad[oa]|gentile|szanown[yea]|patient|teacher|"
    r"born)(?![^\W_])"
)
_OF_SOMEBODY = re.compile(rf"(?<![^\W_])(?:{HUMAN})")
_VERB = re.compile(
    r"(?:'s [a-z]|,? (?:and|who) [a-z]|(?:,| \() ?[0-9]{2}[,)]| (?:is|was|has|had|will|would|can|could|did|does|do|"
    r"please|[a-z]{2,12}ed)(?![^\W_]))"
)
"""How a sentence goes on about somebody."""
_EXACT = frozenset({"mail", "phone", "iban", "card", "id", "address", "birth"})
_NEAR = 60


def _people(text: str, found: Sequence[Span]) -> Iterator[Span]:
    for intro in _INTRO.finditer(_lowered(text)):
        kind = intro.lastgroup
        label = (kind in ("addressed", "introduced") or intro[0].rstrip(" :\n\t") in _LABELS) and intro[0].rstrip(
            " \n\t"
        ).endswith(":")
        words = _name_at(
            text,
            intro.end(),
            lower=label or (kind == "title" and len(text) <= LONGEST and text.islower() and intro[0][:2] != "ms"),
        )
        if words and _is_person(text, intro[0].strip(" :,-\n\t"), kind, words, found):
            yield Span(words[0].start(), words[-1].end(), "person")
    for lives in _LIVES.finditer(text):
        words = [word for word in _WORD.finditer(text, lives.start(), lives.end()) if word[0][0].isupper()]
        words = [word for word in words if word[0].casefold() not in ORDINARY]
        beside = any(span.type == "address" and 0 <= span.start - lives.end() <= _NEAR for span in found)
        if words and (beside or is_given(words[0][0])):
            yield Span(words[0].start(), lives.end(), "person")


def _lowered(text: str) -> str:
    """The text in small letters, character for character: an expression that need not fold case is several times faster."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _is_sentence(text: str) -> bool:
    """Whether most words are in small letters: a product's title has capitals all over."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) > 3 and 2 * sum(word[0].islower() for word in words) >= len(words) - 1


def _is_person(text: str, intro: str, kind: str | None, words: list[re.Match[str]], found: Sequence[Span]) -> bool:
    first = words[0][0].casefold()
    given = is_given(first)
    known = given or is_surname(words[-1][0].removesuffix("'s"))
    end = words[-1].end()
    beside = any(span.type in _EXACT and -_NEAR <= span.start - end <= _NEAR for span in found)
    match kind:
        case "introduced":
            return first.removesuffix("'s") not in _AFTER_NAME
        case "title":
            return _is_titled(text, intro, words, known=known) or (beside and first.removesuffix("'s") not in _BRANDED)
        case "kin":
            return given
        case "addressed":
            return len(words) > 1 and (beside or given)
        case "reached" if intro in _LABELS:
            return known and not COMPANY.search(text[words[0].start() : end + 12])
        case _:
            return (given and (len(words) > 1 or beside)) or (
                len(words) > 1 and beside and words[1][0][0].isupper() and _by_itself(text, end)
            )


_UNSURE = frozenset({"m.", "fam.", "pan", "sr", "don"})
"""What is short for a title and for other things."""


def _is_titled(text: str, intro: str, words: list[re.Match[str]], *, known: bool) -> bool:
    """Whether a title stands before somebody, not before what a brand calls itself."""
    first, end = words[0][0], words[-1].end()
    if first.casefold().removesuffix("'s") in _BRANDED or (_RELATED.match(intro) and not _OF_SOMEBODY.search(text)):
        return False
    english = re.match(_ENGLISH_TITLE, intro)
    if known and not english and _DOUBLE.fullmatch(words[-1][0]):
        return True
    if _is_sentence(text):
        told = bool(_OF_SOMEBODY.search(text)) if english else intro not in _UNSURE
        if known or (told and first.istitle()):
            return True
    around = text[max(0, words[0].start() - _NEAR) : words[0].start()] + " " + text[end : end + _NEAR]
    spoken = _SPOKEN.search(around) or _VERB.match(text, end) or (first.istitle() and _OF_SOMEBODY.search(around))
    return bool(spoken) or (is_given(first) and _has_surname(words))


_DOUBLE = re.compile(r"[^\W\d_a-z][^\W\d_]{2,30}-[^\W\d_a-z][^\W\d_]{2,30}")
"""Two surnames in one: no brand calls itself `Frau Müller-Lüdenscheidt`."""


def _has_surname(words: list[re.Match[str]]) -> bool:
    """Whether what stands behind the given name is a surname: "Dr. Collins Toothbrush" has none."""
    last = words[-1][0]
    return len(words) > 1 and (is_surname(last) or is_given(last) or words[1][0].casefold() in _PARTICLES)


def _by_itself(text: str, end: int) -> bool:
    """Whether the name ends its phrase: "Contact Siobhan Nic at …", not "Contact Lens Solution Kit …"."""
    return bool(
        re.match(
            r"\s?(?:$|[,:;(\n-]|(?:at|on|by|via|under|unter|tel|phone|mobil|mail)\b|[+0-9])",
            text[end : end + 12],
            re.IGNORECASE,
        )
    )


def _name_at(text: str, at: int, *, lower: bool) -> list[re.Match[str]]:
    """Up to four words of a name from here: capitalised (with particles between), or any two where a label says so."""
    words: list[re.Match[str]] = []
    word = _WORD.match(text, at)
    while word and len(words) < 4:
        plain = word[0].casefold()
        if plain in _AFTER_NAME or not (
            word[0][0].isupper() or (plain in _PARTICLES and (words or lower)) or (lower and len(words) < 2)
        ):
            break
        words.append(word)
        gap = _GAP.match(text, word.end())
        word = _WORD.match(text, gap.end()) if gap and (gap[0][0] != "." or word.end() - word.start() == 1) else None
    while words and words[-1][0].casefold() in _PARTICLES:
        words.pop()
    if lower and len(words) == 1 and (turned := _TURNED.match(text, words[0].end())) and is_given(turned[1]):
        words.append(_WORD.match(text, turned.start(1)) or words[0])
    return words


_TURNED = re.compile(r", ([^\W\d_]{2,30})(?![^\W_])")
"""The given name behind the surname and a comma."""


_BARE = re.compile(r"[^\w\n]{0,8}(?:[^\W\d_]|['. ,-]){3,60}")


def signed(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Lines of a text with other personal data that hold nothing but a name.

    A known given name and one to three words, or any two or three words in capitals right above an address.
    """
    at = 0
    streets = {text.rfind("\n", 0, span.start) for span in found if span.type == "address"}
    for line in text.split("\n") if any(span.type in _EXACT for span in found) else ():
        words = list(_WORD.finditer(line)) if _BARE.fullmatch(line) else ()
        if 2 <= len(words) <= 4 and not COMPANY.search(line):
            above = at + len(line) in streets and len(words) < 4 and all(word[0][0].isupper() for word in words)
            if above or is_given(words[0][0]):
                yield Span(at + words[0].start(), at + words[-1].end(), "person")
        at += len(line) + 1


_CAPITAL = r"[A-Z\x{80}-\x{10FFFF}]"
_REACHED_GATE = _REACHED.replace(r"\s?(?=:)", r"\s?:")

_WORDED = (
    rf"(?i:{_INTRODUCED}|(?:{_ADDRESSED})\s?:|'s address|\slives?\s(?:at|on)|\slived\sat|\swohnt\sin|"
    rf"\shabite\sau)"
)
"""What tells of somebody whatever the case of the letters behind it."""
_SMALL = r"(?:mrs?|dr|herr|frau|mme|sra?|signora?)\.? [a-z]"

PERSON = Detector(
    gates=(
        (
            (
                rf"{_WORDED}|"
                rf"(?i:(?:^|[^0-9A-Za-z])(?:{_KIN}|{_TITLE}|{_REACHED_GATE}))[\s:,.-]{{1,4}}{_CAPITAL}|"
                rf"[A-Za-z]\s?:{_CAPITAL}"
            ),
            rf"^(?:[^A-Z]*[^0-9A-Za-z])?{_SMALL}[^A-Z]*$",
        ),
    ),
    scan=_people,
)
PERSON_PLAIN = Detector(gates=(rf"{_WORDED}|(?:^|[^0-9A-Za-z]){_SMALL}",), scan=_people)
"""The same where neither a capital nor a character beyond ASCII stands: most of what the other looks for needs one."""

_BORN = (
    r"born(?:\son)?|d\.?o\.?b\.?|date\sof\sbirth|birth\s?da(?:te|y)|geboren(?:\sam)?|geburtsdatum|geb\.|"
    r"n[eé]e?\sle|date\sde\snaissance|nacid[oa]\sel|fecha\sde\snacimiento|nat[oa]\sil|"
    r"data\sdi\snascita|data\surodzenia|ur\.|geboortedatum|geboren\sop|f[oö]dd(?:\sden)?|f[oø]dt|"
    r"data\sde\snascimento|nascid[oa]\sem"
)
_MONTH = (
    r"(?:jan|feb|f[eé]v|mar|m[aä]r|apr|avr|abr|ma[iyj]|jun|juin|jul|juil|aug|ao[uû]|ago|sep|okt|oct|out|ott|nov|"
    r"dec|dez|d[eé]c|dic|gen|set|giu|lug)[a-zéû]{0,7}\.?"
)
_DATE = (
    rf"(?:[0-9]{{1,2}}[./ -][0-9]{{1,2}}[./ -](?:[0-9]{{4}}|[0-9]{{2}})|[0-9]{{4}}[./-][0-9]{{1,2}}[./-]"
    rf"[0-9]{{1,2}}|[0-9]{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s|"
    rf"de\s)?{_MONTH},?\s(?:de\s)?[0-9]{{4}}|{_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s[0-9]{{4}})"
)
_BIRTH = re.compile(
    rf"(?i)(?<![^\W_])(?:{_BORN})(?![^\W\d_])[\s:.(-]{{0,4}}(?:(?:is|was|on|the|am|den|le|el|"
    rf"il)\s)?({_DATE})(?![0-9])"
)


def _births(text: str, _: Sequence[Span]) -> Iterator[Span]:
    for found in _BIRTH.finditer(text):
        yield Span(found.start(1), found.end(1), "birth")


BIRTH = Detector(
    gates=(rf"(?i)(?:{_BORN})[\s:.(-]{{0,4}}(?:(?:is|was|on|the|am|den|le|el|il)\s)?(?:[0-9]|{_MONTH}\s[0-9])",),
    scan=_births,
)

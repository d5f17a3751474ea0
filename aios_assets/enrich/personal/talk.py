"""Talk: the words with which people are spoken of and spoken to, in eight languages, and those that are nobody's name."""

import re
from enum import Enum

from aios_assets.enrich.personal.names import plain


class Before(Enum):
    """What a phrase before a name says of it."""

    CALLED = "a man named"
    ASKED_FOR = "name?"
    SAID = "said"
    MET = "spoke to"
    GREETED = "dear"
    PARTED = "regards,"
    ROLE = "nurse"


_PHRASES = {
    Before.CALLED: """
        man named, woman named, person named, guy named, lady named, boy named, girl named, someone named, somebody
        named, man called, woman called, person called, guy called, lady called, boy called, girl called, someone
        called, friend named, friend called, colleague named
        """,
    Before.ASKED_FOR: "name?, names?, surname?, nombre?, apellido?, nom?, nachname?, vorname?, cognome?, naam?, nazwisko?",
    Before.SAID: """
        said, says, asked, asks, replied, replies, added, adds, explained, explains, whispered, shouted, answered,
        laughed, smiled, nodded, sighed, insisted, admitted, recalled, recalls, remembered, exclaimed, cried,
        muttered, continued, sagt, sagte, fragte, antwortete, meinte, dit, demanda, répondit, dijo, preguntó,
        respondió, disse, chiese, rispose, zei, vroeg
        """,
    Before.MET: """
        shouted at, yelled at, screamed at, smiled at, laughed at, waved at, waved to, whispered to, looked at, age
        of, gender of, opinion of, photo of, given, showed, lent, offered, know, knows, knew, saw, gave, give, let,
        notify, inform, thank, invite, remove, helped, joined by, accompanied by, thanks to, me and, i and, phone
        number of, number of, email of, account of, address of, name of, behalf of, appointment for, appointment
        with, reservation for, booking for, package for, parcel for, order for, ticket for, message for, message
        from, invoice for, letter for, letter from, call from, email from, payment from, payment to, prescription
        for, table for, met, meeting, visited, visiting, married, divorced, dating, hired, fired, thanked, invited,
        remember, ask, tell, told, asked, email, emailed, paid, owe, forward to, forward it to, forward this to,
        forwarded to, spoke to, spoke with, speak to, speak with, talk to, talk with, talked to, talked with,
        talking to, talking with, heard from, heard of, heard about, hear from, on behalf of, in the name of,
        belongs to, owned by, addressed to, payable to, transfer to, transferred to, sent to, assigned to, report
        to, reports to, assistant to, live with, lives with, friend with, friends with, engaged to, related to,
        married to, survived by, together with, i am, i'm, this is, ich bin, hier ist, je suis, soy, sono, ik ben,
        jestem, frau von, mann von, sohn von, tochter von, mutter von, vater von, bruder von, schwester von, femme
        de, mari de, fils de, fille de, mère de, père de, frère de, esposa de, marido de, hijo de, hija de, madre
        de, padre de, moglie di, marito di, figlio di, figlia di, fratello di, sorella di, vrouw van, zoon van,
        dochter van
        """,
    Before.GREETED: """
        dear, hi, hello, hey, good morning, good afternoon, good evening, thanks, thank you, hallo, liebe, lieber,
        guten tag, guten morgen, bonjour, bonsoir, salut, cher, chère, hola, buenos días, buenas tardes, querido,
        querida, estimado, estimada, ciao, buongiorno, caro, cara, gentile, egregio, beste, hej, kära, cześć, drogi,
        droga, olá, prezado, prezada, dear, hi, hello, hi there, hello there
        """,
    Before.PARTED: """
        regards, best regards, kind regards, warm regards, best wishes, many thanks, sincerely, yours, truly,
        faithfully, cheers, best, thanks, thank you, love, gruß, grüße, grüßen, cordialement, saludos, atentamente,
        saluti, groet, groeten, groetjes, pozdrawiam, hälsning, hälsningar, atenciosamente, abraços
        """,
    Before.ROLE: """
        assistant, ceo, cfo, cto, chairman, chairwoman, president, director, spokesman, spokeswoman, spokesperson,
        attorney, lawyer, nurse, patient, tenant, landlord, employee, colleague, coworker, co-worker, neighbor,
        neighbour, secretary, officer, detective, sergeant, lieutenant, senator, congressman, congresswoman,
        governor, mayor, judge, suspect, victim, witness, mitarbeiter, mitarbeiterin, kollege, kollegin,
        geschäftsführer, geschäftsführerin, nachbar, nachbarin, student, pupil, passenger, guest, client, customer,
        user
        """,
}


def _phrases() -> dict[str, Before]:
    found: dict[str, Before] = {}
    for kind, listed in _PHRASES.items():
        for phrase in (" ".join(words.split()) for words in listed.split(",")):
            ends = ("", ",", "!", ".") if kind in (Before.GREETED, Before.PARTED) else ("",)
            for way in {phrase, plain(phrase)}:
                found.update({way + end: kind for end in ends if way + end not in found})
    return found


BEFORE = _phrases()
"""Small phrases that stand right before a name, and what they say of it."""

ROLES = "|".join(sorted(phrase for phrase, kind in BEFORE.items() if kind is Before.ROLE)) + (
    "|author|singer|actor|actress|writer|artist|painter|founder|owner|manager|teacher|doctor|engineer|friend|man|"
    "woman|guy|girl|boy|person|"
    "father|mother|brother|sister|son|daughter|wife|husband|boss|agent|driver|player|coach|professor|chef|musician|"
    "politician"
)
"""What somebody is said to be."""

DEGREE = r",? (?:MD|M\.D\.|PhD|Ph\.D\.?|DDS|DVM|RN|Esq\.?)(?![^\W_])"

DEGREED = re.compile(r"[ ,](?:MD|PhD|DDS|DVM|RN|Esq)$")
"""A name that ends in a degree."""

SPEAKS = (
    "said|says|asked|asks|replied|replies|told|tells|whispered|shouted|answered|laughed|smiled|nodded|sighed|"
    "complained|"
    "apologi[sz]ed|thinks|thought|knew|knows|wanted|wants|felt|believes|believed|hopes|hoped|sagte|fragte|meinte|"
    "dijo|disse|zei|"
    "died|retired|studie[ds]|got married|moved (?:to|from|in|out)|emigrated|enrolled|attended|(?:worked|"
    "works) (?:as|at)|"
    "(?:lives|lived|resides|resided) (?:in|at|on|with|there|here)|is (?:an? )?[0-9]{1,3}[ -]years?[ -]old|"
    "(?:wohnt|lebt|arbeitet) (?:in|im|bei|als|auf|an|am)|starb|habite|travaille (?:chez|[aà])|vive en|trabaja en|"
    "vive a|"
    "lavora (?:a|per)|woont in|mieszka w|pracuje w"
)
"""What people do, and now and then a toy or a battery: "says", "died"."""

LIVED = (
    r"(?:grew|grows) up|(?:shouted|yelled|screamed|smiled|laughed|waved|winked|whispered|nodded|stared|frowned|"
    r"swore) (?:at|to)|"
    r"(?:was|were) (?:born|raised|married|divorced|hired|fired|arrested|diagnosed|hospitali[sz]ed|buried|"
    r"survived by)|graduated|passed away|(?:began|started) (?:writing|singing|acting|painting|teaching|studying)|"
    r"spent (?:an?|the|his|her|most|much|some|[0-9]+|two|three|five|ten|several|many)|studierte|heiratete|"
    r"wuchs (?:in|im|auf|bei)|"
    r"wurde (?:am [^.]{1,20} )?(?:in [^.]{1,20} )?geboren|est n[eé]e?|naci[oó]|[eè] nat[oa]|urodzi[lł]"
)
"""What only people do."""

THEIRS = (
    "kids?|son|daughter|child|children|wife|husband|spouse|partner|mother|father|mom|mum|dad|parents|brother|"
    "sister|boss|"
    "boyfriend|girlfriend|friend|uncle|aunt|nephew|niece|cousin|grandmother|grandfather|fianc[eé]e?|widow"
)
OWN = (
    "address|phone|telephone|e-?mail|birthday|account|passport|salary|diagnosis|medical|doctor|lawyer|signature|"
    "funeral|"
    "wedding|apartment|flat"
)
ASKS = (
    r"(?:can|could|may|might|will|would|shall|should) (?:i|you|we|someone|somebody)|please|thank|thanks|are you|"
    r"do you|did you|have you|"
    r"i (?:am|have|need|want|would|was|hope)|i'(?:m|ve|d)|let me|what(?:'s| is| are)|when|where|how (?:are|do|can|"
    r"much)|"
    r"k[oö]nn(?:en|ten|test)|kannst|w[uü]rden|bitte|danke|pouvez|peux|pourriez|merci|puedes?|podr[ií]as?|gracias|puoi|"
    r"pu[oò]|potrebbe|grazie|kunt|kun je|dank"
)
HUMAN = (
    r"I(?:'(?:m|ve|d|ll))?(?= [a-z])|(?:[Mm]e|[Mm]y|[Ww]e|[Oo]ur|[Hh]e|[Ss]he|[Hh]im|[Hh]is|[Hh]ers?|[Hh]imself|"
    r"[Hh]erself|"
    r"(?:[Hh]ave|[Dd]id|[Dd]o|[Aa]re|[Ww]ere|[Cc]an|[Cc]ould) you|said|says|asked|told|whom|[Ii]ch|[Ww]ir|"
    r"[Mm]eine?[rnm]?|mir|mich|[Jj]'ai|"
    r"[Nn]ous|[Yy]o|[Ii]k|[Mm]ijn)(?![^\W_])"
)

_TEXT_ORDINARY = """
    i me my mine you your yours he him his she her hers it its we us our ours they them their theirs this that these
    those who whom whose which what when where why how here there the an and or but nor so yet if then than as at by
    for from in into of off on onto out over to up with without not no yes yeah yep nope okay ok oh ah well hello hi
    hey dear thanks thank please sorry sure great good nice fine excellent perfect best new old also just only very
    really again ever never always often soon now today tomorrow yesterday tonight monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december
    everyone everybody anyone anybody someone somebody nobody no-one everything anything something nothing one two
    three four five six seven eight nine ten first second third last next some any each every all both many much
    more most few less least other another such same own sir madam ma'am mister team support service customer
    customers user users guys folks people man men woman women boy boys girl girls kid kids child children baby mom
    mum dad mother father parents alexa siri cortana bixby echo battery screen god lord jesus company companies inc
    corp ltd llc gmbh bank hospital university college school church court police government congress senate
    parliament ministry department army navy club band group committee council agency association institute america
    europe asia africa australia england scotland wales ireland britain germany france spain italy portugal poland
    russia ukraine china japan india brazil mexico canada turkey greece sweden norway denmark finland austria
    switzerland belgium netherlands hungary israel iran iraq egypt london paris berlin york washington windows
    microsoft google amazon apple facebook twitter sony samsung adobe intel bitte danke hallo guten ja nein und oder
    der die das ein eine ich wir sie er es man herr frau ihr le la les un une des je tu il elle nous vous ils elles
    monsieur madame bonjour merci oui non et ou el los las uno una yo usted nosotros hola gracias por favor si señor
    señora y o lo gli io lei lui noi voi signore signora ciao grazie per favore de het een ik jij wij zij meneer
    mevrouw dank
    """
ORDINARY = frozenset(_TEXT_ORDINARY.split())
"""Words that stand in capitals at the head of a sentence and are nobody's name."""


_HUMAN_WORDS = HUMAN.replace("(?= [a-z])", " [a-z]").replace(r"(?![^\W_])", r"(?-u:\b)")
_PHRASES_SPACED = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in BEFORE if phrase[-1] not in ",!.")
_CAPITAL = r"[A-Z\x{C0}-\x{10FFFF}]"

_SAID = rf"(?:{SPEAKS}|{LIVED}|{ASKS}|m\.?d|ph\.?d|dds|dvm|rn|esq)(?:[^0-9A-Za-z]|$)"
_BELONGS = rf"['\x{{2019}}]s? (?:[a-z]{{2,12}} )?(?:{THEIRS}|{OWN})(?:[^0-9A-Za-z]|$)"
_IS = (
    rf"(?:, (?:the|an?|our|my|his|her)| is (?:the|an?|our|my|his|"
    rf"her)) (?:[a-z-]+ ){{0,3}}(?:{ROLES})(?:[^0-9A-Za-z]|$)|"
    r"(?: and (?:[A-Z][^\s]*(?: [^\s]+)? (?:are|were|have|had|went|got|met|both|live[ds]?|married|moved|decided|"
    r"agreed)|I|i|me|my)|,? aged [0-9]{2}|,? \(?[0-9]{2}\)?,)(?:[^0-9A-Za-z]|$)"
)
_HANDED = r"(?:^|[^0-9A-Za-z])(?:send|sent|pay|transfer|wire|lend|mail|give|hand|deliver) (?:[^\s]+ )+to "
GATES = (
    rf"(?:^|[^0-9A-Za-z])(?:(?i:{_PHRASES_SPACED})[,!.]?\s+[^\s]? ?{_CAPITAL}|{_HUMAN_WORDS}|(?i:{_SAID}))",
    (
        rf"{_BELONGS}|{_IS}|{_HANDED}{_CAPITAL}|"
        rf"(?:^|[.!?:;(\n\x{{2014}}\x{{201c}}\x{{201d}}\"'-]\s?){_CAPITAL}[^ ]+ (?:[a-z]{{2,3}} ){{0,2}}{_CAPITAL}[^ ]+ "
        rf"(?:is|was|has|had|can|will|would|did|does|[a-z]+(?:ed|es|s|an|t|ew|ook)) "
    ),
)
"""One of them matches every text in which these words could introduce a person whose name is in capitals."""

LONGEST = 200
"""Characters of a text that is read whatever its letter case; a longer one in small letters is no message but a description."""
ONE_CASE = rf"^(?:[^A-Z]{{1,{LONGEST}}}|[^a-z]{{1,{LONGEST}}})$"
SMALL_GATES = (
    rf"(?:^|[^0-9A-Za-z])(?:(?i:(?:{_PHRASES_SPACED})[,!.]?\s|{_SAID})|{_HUMAN_WORDS})",
    rf"(?i:{_BELONGS}|{_IS}|{_HANDED})",
)
"""The same for a text in one letter case."""

"""Talk: the words with which people are spoken of and to, in Europe's languages, and those that are nobody's name."""

import re

from aios_assets.enrich.personal.phrases import BEFORE, KIN, LONE_KIN, SPACED, Before

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
    "apologi[sz]ed|thinks|thought|knew|knows|felt|believes|believed|hopes|hoped|sagte|fragte|meinte|"
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
THINGS = "order|parcel|package|delivery|refund|invoice|complaint|ticket|number|house|flat|wedding|birthday"
"""What somebody waits for or has."""
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
    r"[Mm]eine?[rnm]?|mir|mich|[Jj]'ai|[Mm]oi|"
    r"[Nn]ous|[Yy]o|[Ii]k|[Mm]ijn|[Mm]ój|[Mm]oja|[Mm]ojej|[Mm]nie|[Jj]ag|mitt|mig|[Mm]eu|[Mm]inha|mio|mia)"
    r"(?![^\W_])"
)
"""Who speaks, or of whom."""

SERVICE = (
    r"order(?:ed|s)?|parcels?|deliver(?:y|ed)|refund(?:ed)?|returned|invoice|ticket|courier|collect(?:ed|s)?|"
    r"picked up|signed|paid|bought|voucher|complain(?:t|ed|s)|cancel(?:led)?|on hold|called|call(?:s|er)|wants|would like|sent|"
    r"Bestellung|Paket|Päckchen|Lieferung|Rechnung|Umtausch|bittet|wartet|bestellt|zurückgeschickt|Rückruf|"
    r"commande|colis|remboursement|livr[ée]e?s?|absente?|pedido|paquete|reembolso|entrega|pide|quiere|pidió|pagó|"
    r"ordine|pacco|rimborso|pagato|consegnato|vuole|bestelling|pakket(?:je)?|terugbetaling|tekende|paczk[aęi]|"
    r"zamówieni[ea]|zwrot|odebrał[aoi]?|prosi|encomenda|reembolso|pagou|quer|beställning|paket|retur|zásilk[au]|objednávk[au]"
)
"""What a shop and its customers speak about: texts of the desk, not of the shelf."""


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
_CAPITAL = r"[A-Z\x{C0}-\x{10FFFF}]"

_SAID = rf"(?:{SPEAKS}|{LIVED}|{ASKS}|m\.?d|ph\.?d|dds|dvm|rn|esq)(?:[^0-9A-Za-z]|$)"
_BELONGS = rf"['\x{{2019}}]s? (?:[a-z]{{2,12}} )?(?:{THEIRS}|{OWN}|{THINGS})(?:[^0-9A-Za-z]|$)"
_IS = (
    rf"(?:, (?:the|an?|our|my|his|her)| is (?:the|an?|our|my|his|"
    rf"her)) (?:[a-z-]+ ){{0,3}}(?:{ROLES})(?:[^0-9A-Za-z]|$)|"
    r"(?: and (?:[A-Z][^\s]*(?: [^\s]+)? (?:are|were|have|had|went|got|met|both|live[ds]?|married|moved|decided|"
    r"agreed)|I|i|me|my)|,? aged [0-9]{2}|,? \(?[0-9]{2}\)?,)(?:[^0-9A-Za-z]|$)"
)
_HANDED = r"(?:^|[^0-9A-Za-z])(?:send|sent|pay|transfer|wire|lend|mail|give|hand|deliver) (?:[^\s]+ )+to "
GATES = (
    rf"(?:^|[^0-9A-Za-z])(?:(?:{SPACED})[,!.:]?(?-u:\s)+[^\s]? ?{_CAPITAL}|{_HUMAN_WORDS}|(?i:{_SAID}))",
    (
        rf"(?:^|[^0-9A-Za-z])(?:(?:{KIN}|{LONE_KIN}),?\s{_CAPITAL}|(?:{SERVICE})(?:[^0-9A-Za-z]|$))|"
        rf"(?:^|\n)[-~\x{{2013}}\x{{2014}}] ?{_CAPITAL}|{_CAPITAL}[^ ]+,? (?:here|this side|speaking)(?:[,.:;! -]|$)|"
        rf" \((?:customer|client|kund|klant|klient|cliente|verified|age)|^{_CAPITAL}[^0-9]{{8,120}}[.!?]\s*$|"
        rf"(?:^|[.!?:;(\n-]\s?){_CAPITAL}[^ ]+ (?:{_CAPITAL}\.|and {_CAPITAL}[^ ]+) [a-z]"
    ),
    (
        rf"{_BELONGS}|{_IS}|{_HANDED}{_CAPITAL}|"
        rf"(?:^|[.!?:;(\n\x{{2014}}\x{{201c}}\x{{201d}}\"'-]\s?){_CAPITAL}[^ ]+ (?:[a-z]{{2,3}} ){{0,2}}{_CAPITAL}[^ ]+ "
        rf"(?:is|was|has|had|can|will|would|did|does|[a-z]+(?:ed|es|s|an|t|ew|ook)) "
    ),
)
"""One of them matches every text in which these words could introduce a person whose name is in capitals."""

SMALL_GATES = (
    rf"(?:^|[^0-9A-Za-z])(?:(?:{SPACED})[,!.:]?(?-u:\s)|(?i:{_SAID})|{_HUMAN_WORDS})",
    rf"(?i:{_BELONGS}|{_IS}|{_HANDED})",
)
"""The same for a text in one letter case."""

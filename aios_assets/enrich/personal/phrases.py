"""Phrases: the small words that stand right before a name, in the languages of Europe, and what they say of it."""

import re
from enum import Enum
from itertools import product

from aios_assets.enrich.personal.names import plain


class Before(Enum):
    """What a phrase before a name says of it."""

    CALLED = "a man named"
    ASKED_FOR = "name?"
    SAID = "said"
    ONLY = "assigned to"
    MET = "spoke to"
    KIN = "my daughter"
    GREETED = "dear"
    PARTED = "regards,"
    ROLE = "nurse"
    HANDLED = "deliver to"
    LINK = "when"


_PHRASES = {
    Before.CALLED: """
        man named, woman named, person named, guy named, lady named, boy named, girl named, someone named, somebody
        named, man called, woman called, person called, guy called, lady called, boy called, girl called, someone
        called, friend named, friend called, colleague named, gave name as, gave her name as, gave his name as, my
        surname to, my last name to, changed to mrs, jmenuji se, jmenuju se, volám sa, nazywam się, mam na imię, mă
        numesc, numele meu este, moje ime je, zovem se, jeg heter, jag heter, mitt namn är, mitt navn er, mit navn er,
        jeg hedder, nimeni on, a nevem, benim ad\u0131m, ad\u0131m, ime mi je, jmenuje se, je m'appelle, me llamo, mi
        chiamo, chamo-me, me chamo, ich heiße, ich heisse, ik heet
        """,
    Before.ASKED_FOR: "name?, names?, surname?, nombre?, apellido?, nom?, nachname?, vorname?, cognome?, naam?, nazwisko?",
    Before.SAID: """
        said, says, asked, asks, replied, replies, told, added, adds, explained, explains, whispered, shouted, answered,
        laughed, smiled, nodded, sighed, insisted, admitted, recalled, recalls, remembered, exclaimed, cried, muttered,
        continued, sagt, sagte, fragte, antwortete, meinte, dit, demanda, répondit, dijo, preguntó, respondió, disse,
        chiese, rispose, zei, vroeg
        """,
    Before.ONLY: """
        ask for, klingeln bei, suonare, according to, emergency contact, review by, reviewed by, posted by, spoke to,
        spoke with, speak with, speak to, talked to, talked with, talk to, talk with, escalated by, escalated to,
        assigned to, on behalf of, signed by, signed for by, served by, kyc by, hablé con, habló con, gesprochen mit,
        parlé avec, parlé à, parlato con, gesproken met, rozmawiał z, rozmawiała z, rozmawiałem z, rozmawiałam z, falei
        com, pratade med, snakket med, talte med, mluvil s, mluvila s, puhuin, im namen von, avis de, bewertung von,
        rezension von, opinión de, recensione di, review van, opinia, t.n.v., namens, au nom de, a nombre di, a nombre
        de, a nome di, em nome de, w imieniu, order for, parcel for, ticket for, wedding list of, i am, i'm, ich bin, je
        suis, hier spricht, soy, soy la, soy el, sono, ik ben, jestem, sou, sou a, sou o, aqui é a, aqui é o, det är,
        det er, olen, merhaba ben
        """,
    Before.MET: """
        shouted at, yelled at, screamed at, smiled at, laughed at, waved at, waved to, whispered to, looked at, age of,
        gender of, opinion of, photo of, given, showed, lent, offered, know, knows, knew, saw, gave, give, let, notify,
        inform, thank, invite, remove, helped, helped by, joined by, accompanied by, thanks to, me and, i and, phone
        number of, number of, email of, account of, address of, name of, behalf of, appointment for, appointment with,
        reservation for, booking for, package for, message for, message from, ticket from, invoice for, letter for,
        letter from, call from, email from, payment from, payment to, prescription for, table for, met, meeting,
        visited, visiting, married, divorced, dating, hired, fired, thanked, invited, remember, ask, tell, told, asked,
        email, emailed, paid, owe, forward to, forward it to, forward this to, forwarded to, talking to, talking with,
        heard from, heard of, heard about, hear from, in the name of, belongs to, owned by, addressed to, payable to,
        transfer to, transferred to, sent to, report to, reports to, assistant to, live with, lives with, friend with,
        friends with, engaged to, related to, married to, survived by, together with, this is, hi its, hi it's, hello
        its, hello it's, collected by, picked up by, handed to, handled by, ordered by, submitted by, wish list of,
        looks after, left with, leave it with, leave with, order is for, present for, gift for, it's for, present from,
        gift from, letter to, note to, note from, list is under, account under, booked under, hier ist, gesprochen habe
        mit, grüße von, klingeln bei, abholung durch, abgeholt von, geschenk für, geschenk von, rechnung an, de la part
        de, cadeau pour, merci à, commande de, regalo para, llamó, regalo per, intestato a, hier is, op naam van, cadeau
        voor, z tej strony, prezent dla, presente para, i namn av, recension av, frau von, mann von, sohn von, tochter
        von, mutter von, vater von, bruder von, schwester von, femme de, mari de, fils de, fille de, mère de, père de,
        frère de, esposa de, marido de, hijo de, hija de, madre de, padre de, moglie di, marito di, figlio di, figlia
        di, fratello di, sorella di, vrouw van, zoon van, dochter van
        """,
    Before.GREETED: """
        dear, hi, hello, hey, good morning, good afternoon, good evening, thanks, thank you, hallo, liebe, lieber, guten
        tag, guten morgen, bonjour, bonsoir, salut, cher, chère, hola, buenos días, buenas tardes, querido, querida,
        estimado, estimada, ciao, buongiorno, caro, cara, gentile, egregio, egregia, beste, hej, hei, kära, bästa,
        cześć, drogi, droga, olá, prezado, prezada, caro, cara, hi there, hello there, kære, kjære, hyvä, vážený,
        vážená, milý, milá, ahoj, dobrý den, kedves, tisztelt, dragă, bună, stimate, stimată, say\u0131n, merhaba,
        dragi, draga, poštovani, poštovana, szanowny, szanowna, sehr geehrter, sehr geehrte, namaste, happy birthday,
        congratulations, bedankt, danke, merci, gracias, grazie, dzięki, obrigado, obrigada, tack
        """,
    Before.PARTED: """
        regards, best regards, kind regards, warm regards, best wishes, many thanks, sincerely, yours, truly,
        faithfully, cheers, best, thanks, thank you, love, xoxo, signed, gruß, grüße, grüßen, lg, vg, mfg, cordialement,
        bien à vous, saludos, un saludo, atentamente, saluti, cordiali saluti, distinti saluti, groet, groeten,
        groetjes, mvg, pozdrawiam, pozdrowienia, hälsning, hälsningar, mvh, hilsen, terveisin, ystävällisin terveisin,
        pozdravem, s pozdravem, děkuji, üdvözlettel, köszönettel, cu stima, cu respect, mulțumesc,
        sayg\u0131lar\u0131mla, teşekkürler, pozdrav, lijep pozdrav, atenciosamente, cumprimentos, abraços, thanks a
        lot, thx, love from
        """,
    Before.ROLE: """
        assistant, ceo, cfo, cto, chairman, chairwoman, president, director, spokesman, spokeswoman, spokesperson,
        attorney, lawyer, nurse, patient, tenant, landlord, employee, colleague, coworker, co-worker, neighbor,
        neighbour, secretary, officer, detective, sergeant, lieutenant, senator, congressman, congresswoman, governor,
        mayor, judge, suspect, victim, witness, mitarbeiter, mitarbeiterin, kollege, kollegin, geschäftsführer,
        geschäftsführerin, nachbar, nachbarin, student, pupil, passenger, guest, client, customer, user, agent,
        technician, fitter, driver, courier, caller, buyer, cashier, clerk, kunde, kundin, fahrer, techniker, käufer,
        käuferin, inhaber, inhaberin, empfänger, herrn, client, cliente, clienta, la cliente, vecino, vecina,
        repartidor, técnico, klant, buurman, buurvrouw, monteur, klient, klientka, kurier, kund, kunden, säljare,
        zákazník, zákaznice, soused, asiakas, kunde, kupac, müşteri, client, utente, tecnico, corriere, suonare, vicino,
        vicina, vizinho, vizinha
        """,
    Before.LINK: """
        if, when, that, whether, for, because, while, after, until, since, with, from, to, and, it's, its, by, under,
        met, wenn, ob, dass, weil, für, mit, von, pour, que, chez, avec, con, para, per, che, voor, met, dla, że, com,
        för, med, pro, s
        """,
    Before.HANDLED: """
        ship to, ship it to, send to, send it to, deliver to, delivery to, delivered to, bill to, billed to, refund to,
        sold to, liefern an, bitte liefern an, lieferung an, geliefert an, senden an, versand an, livraison chez, livrer
        à, livrer chez, livré à, expédier à, envoyer à, enviar a, entregar a, entregado a, envío a, spedire a, spedito
        a, consegnare a, consegna a, bezorgen bij, leveren aan, verzenden naar, dostarczyć do, dostawa do, wysłać do,
        leverera till, skicka till, leveres til, sendes til, doručit, doručit na, zaslat, livrare la, signed, refund,
        cc, attn
        """,
}

_KIN = (
    (
        "my his her our their your",
        (
            "wife husband partner daughter son mother father mum mom dad sister brother aunt uncle cousin niece "
            "nephew grandson granddaughter grandma grandpa grandmother grandfather boyfriend girlfriend fiance "
            "fiancee friend boss colleague neighbour neighbor flatmate roommate housemate landlord landlady kid stepson "
            "stepdaughter stepfather stepmother stepbrother stepsister godson goddaughter godfather godmother ex-wife "
            "ex-husband mother-in-law father-in-law sister-in-law brother-in-law daughter-in-law son-in-law"
        ),
    ),
    (
        "mein meine meiner meinem meinen sein seine ihr ihre ihrem unser unsere",
        (
            "frau mann tochter sohn mutter vater schwester bruder tante onkel oma opa enkel enkelin freund "
            "freundin nachbar nachbarin kollege kollegin chef chefin nichte neffe"
        ),
    ),
    (
        "ma mon sa son notre leur",
        (
            "femme mari fille fils mère père sœur soeur frère tante oncle grand-mère grand-père ami amie voisin "
            "voisine collègue nièce neveu copain copine"
        ),
    ),
    (
        "mi su nuestra nuestro",
        (
            "mujer marido esposa esposo hija hijo madre padre hermana hermano tía tío abuela abuelo amiga amigo "
            "vecina vecino novia novio sobrina sobrino jefa jefe"
        ),
    ),
    (
        "mia mio sua suo nostra nostro",
        (
            "moglie marito figlia figlio madre padre sorella fratello zia zio nonna nonno amica amico vicina "
            "vicino collega nipote"
        ),
    ),
    (
        "mijn zijn haar onze",
        (
            "vrouw man dochter zoon moeder vader zus broer tante oom oma opa vriend vriendin buurman buurvrouw "
            "collega kleinzoon kleindochter"
        ),
    ),
    (
        "mój moja mojego mojej mojemu moją jego jej nasz nasza",
        (
            "syn córka mąż żona mama tata siostra brat ciocia wujek babcia dziadek kolega koleżanka sąsiad "
            "sąsiadka syna córki córce męża żony synowi mężowi"
        ),
    ),
    (
        "minha meu sua seu",
        "mulher marido esposa filha filho mãe pai irmã irmão tia tio avó avô amiga amigo vizinha vizinho",
    ),
    (
        "min mitt vår hans hennes",
        (
            "fru man dotter son mamma pappa mor far syster bror moster faster farbror mormor farmor vän granne "
            "kollega mand kone datter søn søster mann kone datter sønn"
        ),
    ),
    (
        "můj moje má naše",
        "syn dcera manžel manželka maminka tatínek sestra bratr teta strýc babička děda kamarád kamarádka",
    ),
    (
        (
            "vaimoni mieheni tyttäreni poikani fiul fiica soțul soția mama tata k\u0131z\u0131m oğlum eşim annem babam "
            "lányom fiam férjem feleségem"
        ),
        "",
    ),
)
"""What is somebody's, and who that is, language by language; both orders."""


_SIGNS = {
    Before.GREETED: ("", ",", "!", ".", ":"),
    Before.PARTED: ("", ",", "!", ".", ":"),
    Before.ROLE: ("", ",", ":"),
}
"""What may stand between a phrase and the name."""


def _phrases() -> dict[str, Before]:
    found: dict[str, Before] = {}
    for kind, listed in _PHRASES.items():
        for phrase in (" ".join(words.split()) for words in listed.split(",")):
            ends = _SIGNS.get(kind, ("", ":"))
            for way in {phrase, plain(phrase)}:
                found.update({way + end: kind for end in ends if way + end not in found})
    for whose, who in _KIN:
        for pair in product(whose.split(), who.split() or [""]):
            phrase = " ".join(pair).strip()
            found.update({way + end: Before.KIN for way in {phrase, plain(phrase)} for end in ("", ",")})
    return found


BEFORE = _phrases()
"""Small phrases that stand right before a name, and what they say of it."""


def _written(word: str) -> tuple[str, ...]:
    """A word as it stands in its language; Germany writes nouns in capitals."""
    german = any(word in who.split() for _, who in _KIN[1:2])
    return (word.title(),) if german else (word, plain(word))


KIN_WORDS = frozenset(word for both in _KIN for words in both for word in words.split())
KIN = "|".join(sorted({way for _, who in _KIN for word in who.split() for way in _written(word)}))
LONE_KIN = "|".join(_KIN[-1][0].split())


def _spaced() -> str:
    """Every phrase but those of kin and the links, for a gate: letters of ASCII fold case alone, which is faster by a third."""
    phrases = {p.rstrip(",!.:") for p, kind in BEFORE.items() if kind not in (Before.KIN, Before.LINK)}
    ends = [p for p in sorted(phrases) if not any(p.endswith(f" {other}") for other in phrases)]
    plain_ones, others = (
        "|".join(re.escape(p).replace(r"\ ", r"\s+") for p in ends if p.isascii() is ascii_only)
        for ascii_only in (True, False)
    )
    return f"(?i-u:{plain_ones})|(?i:{others})"


SPACED = _spaced()
"""Matches every phrase but those of kin and the links; Rust's way of writing."""

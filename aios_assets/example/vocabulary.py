"""Vocabulary: the words that example products are made of, in four languages; all of them written for this purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("de", "en", "fr", "pl")
"""The languages of the example, by their position in every tuple below."""


@dataclass(frozen=True)
class Kind:
    """One kind of product: names by language, category path by language, sizes, usual price in euro, package in cm."""

    nouns: tuple[str, str, str, str]
    path: tuple[str, str, str, str]
    sizes: tuple[str, ...]
    price: float
    package: tuple[float, float, float]


KINDS: Final = (
    Kind(
        ("Kopfhörer", "headphones", "casque audio", "słuchawki"),
        ("Technik > Audio", "Electronics > Audio", "Électronique > Audio", "Elektronika > Audio"),
        ("30 mm", "40 mm", "50 mm", "53 mm"),
        79.0,
        (18.5, 16.0, 8.2),
    ),
    Kind(
        ("SSD-Laufwerk", "solid state drive", "disque SSD", "dysk SSD"),
        ("Technik > Speicher", "Electronics > Storage", "Électronique > Stockage", "Elektronika > Pamięć"),
        ("128 GB", "256 GB", "500 GB", "512 GB", "1 TB", "2 TB", "4 TB"),
        95.0,
        (10.0, 7.0, 0.7),
    ),
    Kind(
        ("Tonerkartusche", "toner cartridge", "cartouche de toner", "toner"),
        ("Büro > Druckerzubehör", "Office > Printer supplies", "Bureau > Imprimantes", "Biuro > Drukarki"),
        ("1500 pages", "2600 pages", "5000 pages", "12000 pages"),
        62.0,
        (34.0, 12.5, 11.0),
    ),
    Kind(
        ("Bohrmaschine", "cordless drill", "perceuse sans fil", "wiertarka"),
        ("Werkzeug > Maschinen", "Tools > Power tools", "Outillage > Machines", "Narzędzia > Maszyny"),
        ("10.8 V", "12 V", "18 V", "24 V", "36 V"),
        129.0,
        (28.0, 22.0, 9.5),
    ),
    Kind(
        ("Kochmesser", "chef knife", "couteau de chef", "nóż kuchenny"),
        ("Küche > Messer", "Kitchen > Knives", "Cuisine > Couteaux", "Kuchnia > Noże"),
        ("13 cm", "16 cm", "18 cm", "20 cm", "24 cm"),
        48.0,
        (36.0, 8.0, 3.0),
    ),
    Kind(
        ("Kaffeemaschine", "coffee maker", "cafetière", "ekspres do kawy"),
        ("Küche > Kaffee", "Kitchen > Coffee", "Cuisine > Café", "Kuchnia > Kawa"),
        ("0.6 l", "1 l", "1.25 l", "1.5 l", "1.8 l"),
        140.0,
        (38.0, 30.0, 24.0),
    ),
    Kind(
        ("Wanderstiefel", "hiking boots", "chaussures de randonnée", "buty trekkingowe"),
        ("Sport > Schuhe", "Sports > Footwear", "Sport > Chaussures", "Sport > Obuwie"),
        ("EU 38", "EU 39", "EU 40", "EU 41", "EU 42", "EU 43", "EU 44", "EU 45"),
        119.0,
        (34.0, 22.0, 13.0),
    ),
    Kind(
        ("Rucksack", "backpack", "sac à dos", "plecak"),
        ("Sport > Taschen", "Sports > Bags", "Sport > Sacs", "Sport > Torby"),
        ("12 l", "18 l", "22 l", "30 l", "45 l", "65 l"),
        69.0,
        (52.0, 31.0, 18.0),
    ),
    Kind(
        ("Wandfarbe", "wall paint", "peinture murale", "farba ścienna"),
        ("Baumarkt > Farben", "Home improvement > Paint", "Bricolage > Peinture", "Dom > Farby"),
        ("0.75 l", "1 l", "2.5 l", "5 l", "10 l"),
        29.0,
        (24.0, 24.0, 22.0),
    ),
    Kind(
        ("Schreibtischlampe", "desk lamp", "lampe de bureau", "lampka biurkowa"),
        ("Wohnen > Licht", "Home > Lighting", "Maison > Luminaires", "Dom > Oświetlenie"),
        ("5 W", "7 W", "9 W", "12 W", "15 W"),
        39.0,
        (45.0, 18.0, 18.0),
    ),
    Kind(
        ("Hundefutter", "dog food", "croquettes pour chien", "karma dla psa"),
        ("Tier > Hund", "Pets > Dogs", "Animaux > Chiens", "Zwierzęta > Psy"),
        ("800 g", "2 kg", "4 kg", "10 kg", "15 kg", "6 x 400 g"),
        34.0,
        (60.0, 40.0, 12.0),
    ),
    Kind(
        ("Bürostuhl", "office chair", "chaise de bureau", "krzesło biurowe"),
        ("Büro > Möbel", "Office > Furniture", "Bureau > Meubles", "Biuro > Meble"),
        ("46 cm", "48 cm", "51 cm", "55 cm"),
        210.0,
        (70.0, 65.0, 38.0),
    ),
)
"""Twelve kinds of product."""

COLOURS: Final = (
    ("schwarz", "black", "noir", "czarny"),
    ("weiß", "white", "blanc", "biały"),
    ("rot", "red", "rouge", "czerwony"),
    ("blau", "blue", "bleu", "niebieski"),
    ("grün", "green", "vert", "zielony"),
    ("grau", "grey", "gris", "szary"),
    ("gelb", "yellow", "jaune", "żółty"),
    ("anthrazit", "anthracite", "anthracite", "antracyt"),
)
"""Colours by language."""

BRANDS: Final = tuple(
    """Halvorsen Nordlicht Kestrelle Tavira Oakline Zubrin Ferrowerk Lumenor Pixenta Quillon Ravello Sundby Trellik Vantor
    Wexley Yarrowby Zephra Alderoth Brixholm Caldura Dorvane Elmstrand Fjordex Gantrix Hollenbeck Ixoria Jarnvik Kolberry
    Lindgaard Morvena Netterfield Orsova Pellworm Questara Rundvik Stavanger-Werk Tolmezzo Ulmenhof Vinterra Wolfach
    Xandria Ystadt Zellhorn Arbresle Bramante Corvina Dunmorrow Estrella-Nova Feldmark Grenobel Hartwick Isarwerk Juniperra
    Krakowiak Lodowik Mazurek-Dom Northmoor Odralux Podhale-Sport Qvistgaard""".split()  # noqa: SIM905 - sixty words read better so
)
"""Invented brands."""

ALIASES: Final[Mapping[str, str]] = {
    "Ferrowerk": "FW Tools", "Lumenor": "LMN Lighting", "Stavanger-Werk": "Stavanger", "Mazurek-Dom": "Mazurek",
    "Podhale-Sport": "Podhale", "Estrella-Nova": "Estrella Nova", "Hollenbeck": "Hollenbeck & Sons", "Questara": "QST",
}  # fmt: skip
"""What the second supplier calls some brands; only shared identifiers show that they are the same."""

LEGAL: Final = ("GmbH", "AG", "Ltd.", "S.A.", "Sp. z o.o.", "Inc.")
"""Legal forms that one supplier writes behind some brands."""

SERIES: Final = tuple(
    """Alto Brio Cirrus Delta Echo Forte Grand Helix Ion Juno Kappa Luna Metro Nova Orbit Prime Quartz Rapid Sierra Terra
    Ultra Vega Wave Xenon Zenit Active Basic Classic Eco Comfort Fusion Flex Turbo Smart Pure""".split()  # noqa: SIM905 - as above
)
"""Series names."""

SENTENCES: Final = (
    (
        "Robust verarbeitet und für den täglichen Einsatz gemacht.",
        "Einfach zu reinigen und schnell einsatzbereit.",
        "Mit zwei Jahren Garantie und Ersatzteilen für zehn Jahre.",
        "Die Verpackung besteht aus recyceltem Karton.",
        "Ideal für zu Hause, das Büro und unterwegs.",
        "Lieferung ohne Zubehör, Anleitung liegt bei.",
        "Das Gehäuse ist stoßfest und liegt gut in der Hand.",
    ),
    (
        "Built to last and made for everyday use.",
        "Easy to clean and ready in seconds.",
        "Comes with a two year warranty and spare parts for ten years.",
        "The packaging is made of recycled cardboard.",
        "A good choice for home, office and travel.",
        "Accessories are not included; a manual is in the box.",
        "The housing is shockproof and sits well in the hand.",
    ),
    (
        "Solide et conçu pour un usage quotidien.",
        "Facile à nettoyer et prêt en quelques secondes.",
        "Garantie deux ans, pièces détachées disponibles dix ans.",
        "L'emballage est en carton recyclé.",
        "Idéal pour la maison, le bureau et les voyages.",
        "Livré sans accessoires, la notice est dans la boîte.",
        "Le boîtier résiste aux chocs et tient bien en main.",
    ),
    (
        "Solidne wykonanie do codziennego użytku.",
        "Łatwe w czyszczeniu i gotowe w kilka sekund.",
        "Dwa lata gwarancji i części zamienne przez dziesięć lat.",
        "Opakowanie wykonano z tektury z recyklingu.",
        "Dobry wybór do domu, biura i w podróży.",
        "Akcesoria nie są dołączone, instrukcja jest w pudełku.",
        "Obudowa jest odporna na wstrząsy i dobrze leży w dłoni.",
    ),
)
"""Sentences for descriptions, by language."""

PEOPLE: Final = (
    "Anke Thorwald", "Bartosz Wilkowski", "Claire Montferrand", "David Okonjo", "Elif Sarikaya", "Fiona Mactavish",
    "Gregor Lindqvist", "Hanna Zielonka", "Ines Carvalhal", "Jonas Petersgaard", "Karolina Brzeska", "Lucien Desrochers",
    "Mira Halloran", "Nils Abendroth", "Olga Wierzba", "Paul Hasenfratz", "Rosalie Vignon", "Stefan Kupferberg",
)  # fmt: skip
"""Invented people whose data stand in descriptions."""

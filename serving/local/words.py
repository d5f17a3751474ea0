"""Words: general words for colours, materials and units, written by hand in English, German, French and Polish."""

from collections.abc import Mapping


def _index(groups: Mapping[str, str]) -> Mapping[str, str]:
    """Each word with the value that it stands for."""
    return {word.strip(): value for value, words in groups.items() for word in (value, *words.split(","))}


COLOURS = _index(
    {
        "black": "schwarz,schwarze,schwarzer,schwarzes,noir,noire,czarny,czarna,czarne,jet black,ebony",
        "white": "weiß,weiss,weiße,weißer,weißes,blanc,blanche,biały,biała,białe,ivory,off-white,off white",
        "grey": "gray,grau,graue,grauer,graues,gris,grise,szary,szara,szare,charcoal,graphite,anthracite,anthrazit",
        "silver": "silber,silbern,argent,argenté,srebrny,srebrna,srebrne",
        "gold": "golden,golden-brown,doré,dorée,złoty,złota,złote",
        "rose gold": "roségold,or rose",
        "bronze": "brąz",
        "copper": "kupfer,cuivre,miedziany",
        "red": "rot,rote,roter,rotes,rouge,czerwony,czerwona,czerwone,burgundy,crimson,maroon,scarlet,bordeaux",
        "pink": "rosa,rose pink,różowy,różowa,różowe,fuchsia,magenta,hot pink,blush",
        "purple": "violet,lila,violett,fioletowy,fioletowa,fioletowe,lavender,plum,mauve",
        "blue": "blau,blaue,blauer,blaues,bleu,bleue,niebieski,niebieska,niebieskie,navy,navy blue,royal blue,sky blue"
        ",dark blue,light blue,cobalt,indigo",
        "turquoise": "türkis,teal,turkusowy,aqua,cyan",
        "green": "grün,grüne,grüner,grünes,vert,verte,zielony,zielona,zielone,olive,khaki,emerald,dark green,light green"
        ",army green,lime green",
        "yellow": "gelb,gelbe,gelber,gelbes,jaune,żółty,żółta,żółte",
        "orange": "pomarańczowy,pomarańczowa,pomarańczowe",
        "brown": "braun,braune,brauner,braunes,marron,brązowy,brązowa,brązowe,chocolate brown,dark brown,light brown,tan"
        ",chestnut",
        "beige": "beżowy,beżowa,cream white,champagne,taupe",
        "multicolour": "multicolor,multi-color,multi-colour,multicolored,mehrfarbig,bunt,multicolore,wielokolorowy",
        "transparent": "durchsichtig,przezroczysty",
    }
)
"""A word for a colour, and the palette's own word for it."""

NOT_COLOURED = [
    "tea",
    "coffee",
    "pepper",
    "bean",
    "beans",
    "rice",
    "sugar",
    "chocolate",
    "currant",
    "grape",
    "juice",
    "label",
    "noise",
    "tie",
    "card",
    "friday",
    "light",
    "ginseng",
    "cherry",
    "apple",
    "onion",
    "mustard",
    "oil",
    "extract",
    "citrus",
    "lemon",
    "flavor",
    "flavour",
    "flavored",
    "pass",
    "standard",
    "sox",
    "hat",
    "river",
    "star",
]
"""Nouns that make a colour word before them part of a name."""

MATERIALS = _index(
    {
        "cotton": "baumwolle,coton,bawełna",
        "leather": "leder,cuir,skóra,genuine leather,full grain leather,cowhide,deerskin,suede",
        "faux leather": "pu leather,kunstleder,similicuir,imitation leather",
        "wool": "wolle,laine,wełna,merino,cashmere",
        "silk": "seide,soie,jedwab",
        "linen": "leinen",
        "polyester": "poliester",
        "nylon": "polyamide,polyamid",
        "spandex": "elastane,elasthan,lycra",
        "denim": "jeans fabric",
        "velvet": "samt,velours",
        "fleece": "polar fleece",
        "canvas": "segeltuch",
        "microfiber": "microfibre,mikrofaser",
        "rubber": "gummi,caoutchouc,guma,neoprene",
        "silicone": "silikon,silicon rubber",
        "plastic": "kunststoff,plastik,plastique,plastikowy,pvc,abs,acrylic,polycarbonate,tpu",
        "steel": "stahl,acier,stal",
        "stainless steel": "edelstahl,acier inoxydable,inox,stal nierdzewna",
        "carbon steel": "high carbon steel",
        "aluminium": "aluminum,aluminum alloy,aluminium alloy",
        "zinc alloy": "zink",
        "alloy": "legierung,alliage",
        "titanium": "titan,titane",
        "brass": "messing,laiton,mosiądz",
        "metal": "metall,métal",
        "carbon fiber": "carbon fibre,kohlefaser,fibre de carbone",
        "glass": "glas,verre,szkło,tempered glass",
        "ceramic": "keramik,céramique,ceramika,porcelain",
        "wood": "holz,bois,drewno,wooden",
        "bamboo": "bambus,bambou",
        "oak": "eiche,chêne,dąb",
        "mahogany": "mahagoni,acajou",
        "maple": "ahorn,érable",
        "rosewood": "palisander,palissandre",
        "spruce": "fichte,épicéa",
        "basswood": "linde",
        "paper": "papier,karton,cardboard",
        "fur": "pelz,fourrure",
        "mesh": "netzstoff",
    }
)
"""A word for a material, and the plain word for it."""

QUANTITIES: Mapping[str, Mapping[str, str]] = {
    "storage": {"GB": "gb", "TB": "tb", "MB": "mb"},
    "volume": {
        "ml": "ml,milliliter,milliliters,millilitre,millilitres",
        "cl": "cl",
        "l": "l,liter,liters,litre,litres,litr,litry",
        "fl oz": "fl oz,fl. oz,fl.oz,fluid ounce,fluid ounces,fluid oz",
        "gal": "gal,gallon,gallons",
        "qt": "qt,quart,quarts",
        "pt": "pint,pints",
    },
    "mass": {
        "kg": "kg,kilogram,kilograms",
        "g": "g,gram,grams,gramm,grammes",
        "mg": "mg,milligram,milligrams",
        "mcg": "mcg,microgram,micrograms",
        "lb": "lb,lbs,pound,pounds",
        "oz": "oz,ounce,ounces",
    },
    "length": {
        "mm": "mm",
        "cm": "cm",
        "m": "m,meter,meters,metre,metres",
        "in": "inch,inches,zoll,pouces,cali",
        "ft": "ft,feet,foot",
    },
    "power": {"W": "w,watt,watts", "kW": "kw"},
    "voltage": {"V": "v,volt,volts"},
    "charge": {"mAh": "mah", "Ah": "ah"},
    "resolution": {"MP": "mp,megapixel,megapixels"},
    "frequency": {"Hz": "hz", "kHz": "khz", "MHz": "mhz", "GHz": "ghz"},
}
"""What is measured, in which unit, and how that unit is written (in lower case)."""

PACKS = [
    "pack",
    "packs",
    "pk",
    "pcs",
    "pc",
    "pieces",
    "piece",
    "count",
    "counts",
    "ct",
    "units",
    "pairs",
    "er pack",
    "er-pack",
    "stück",
    "stk",
    "pièces",
    "sztuk",
    "sztuki",
    "szt",
]
"""Words after a number that make it a count of things."""

PACKS_OF = ["pack of", "set of", "case of", "box of", "bag of", "lot of", "bundle of", "lot de", "paquet de", "zestaw"]
"""Words before a number that make it a count of things."""

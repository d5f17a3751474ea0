"""People in sentences that no label introduces are found; what is named after people in a catalogue is not."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aios_assets.enrich import personal
from aios_assets.enrich.personal import around, names, talk
from aios_assets.enrich.personal.fold import fold_text
from aios_assets.enrich.personal.prose import CASED, ONE_CASE
from aios_assets.enrich.personal.scan import passes
from aios_assets.enrich.personal.signs import Among, signs

SPOKEN_OF = """
"It arrived broken," says Quillfeather.|Quillfeather
The courier left it outside, said Ingrid to Mateusz, so it got wet.|Ingrid, Mateusz
Okonkwo grew up in a small town and moved abroad later.|Okonkwo
Harriet Pemberton passed away last week, please close the account.|Harriet Pemberton
Ravnsborg spent three weeks without the machine.|Ravnsborg
Zoltán, could you send the invoice again?|Zoltán
Wilhelmina, please tell me when it ships.|Wilhelmina
Hi Beatrix, the parcel never came.|Beatrix
Hello Mr. Petrov, call me on +49 171 2345678.|Petrov
Thanks,
Svetlana|Svetlana
Best regards,
Tomasz Zielinski|Tomasz Zielinski
What is your surname? Abernathy|Abernathy
We were helped by a man named Thistlewood.|Thistlewood
Please leave it with Marguerite's husband.|Marguerite
Dagny's birthday is in May.|Dagny
The refund goes to my neighbour Estelle Novotny.|Estelle Novotny
I spoke with Katarzyna Nowak about the delay.|Katarzyna Nowak
Have you ever talked to Matteo Ricci before?|Matteo Ricci
Tarleton is always late. Nobody trusts him anymore.|Tarleton
Frederica posted her receipt twice.|Frederica
It was checked by nurse Abigail Thornton in the afternoon.|Abigail Thornton
A letter (signed Leopold Hartmann, PhD) came with it.|Leopold Hartmann
Ich habe mit Annegret gesprochen, sagte Wolfgang.|Wolfgang
Guten Tag, ich bin Friederike und habe eine Frage.|Friederike
Bonjour Geneviève, merci pour la commande.|Geneviève
Ingeborg and Matthias were late again.|Ingeborg, Matthias
Heidi is rude, I will not come back.|Heidi
Dorothea Mayer wants it back on 4111 1111 1111 1111 today.|Dorothea Mayer
Mohammed, aged 47, and his wife Sigrid|Sigrid
I sent the spare part to Cornelia yesterday.|Cornelia
Soy Guadalupe y quiero devolver el pedido.|Guadalupe
la moglie di Giancarlo ha chiamato|Giancarlo
i spoke with katarzyna nowak about the delay|katarzyna nowak
"""

PRODUCTS = """
Calvin Klein Men's Cotton Boxer Briefs 3 Pack
I love my Calvin Klein jeans, they fit me well.
This Paul Smith shirt is what my husband wears.
She said the Ralph Lauren polo was too small for her.
Mrs. Meyer's Clean Day Hand Soap Lavender
Dr. Martens 1460 Smooth Leather Boots
Ben & Jerry's Half Baked Ice Cream
Hello Kitty Lunch Box, Pink
Hi Speed USB 2.0 Cable, Black
Dear Diary Notebook, 120 Pages
The Firm by John Grisham (Paperback)
Starring Tom Hanks and Meg Ryan
Jack Daniel's Old No. 7 Barbecue Sauce
Mary Kay Timewise Cleanser
Best Western Movies Collection
Canon PowerShot SD1000 Digital ELPH Camera My First Camera
Thanks to Dolby Digital, it sounds good in every room.
Works with Alexa and Google Home
Designed for Windows. Please read the manual before use.
Brother's newest printer has wireless printing
Kettle is easy to clean. A gift for him or her.
Friends Season 3 DVD; Frasier; Will & Grace
Men's Health magazine says this watch is great.
Boss Audio phone holder
Echo works with Philips Hue. It lives in the kitchen.
Battery died after two days, screen is fine.
Barbie lives in a Dreamhouse
Monty Python's Life of Brian DVD
The Legend of Zelda: Ocarina of Time
Zip 250 MB disk, zip code lookup software 2008
Left Handed Keyboard Cherry Mechanical Switch
Learn piano with Susan in 30 days
Everyday Italian by Giada De Laurentiis
Dr. Dre's headphones. I like them a lot.
Glenfiddich is 12 years old
Meet Cozmo, the robot who knows your face
"""


@pytest.mark.parametrize("line", SPOKEN_OF.strip().replace(",\n", ",\x00").split("\n"))
def test_who_is_spoken_of_is_found(line: str) -> None:
    text, _, people = line.replace(",\x00", ",\n").rpartition("|")
    found = personal.find(pl.Series([text])).filter(type="person")["text"].to_list()
    assert [name for name in people.split(", ") if not any(name in datum for datum in found)] == []


@pytest.mark.parametrize("text", PRODUCTS.strip().split("\n"))
def test_products_named_after_people_are_left_alone(text: str) -> None:
    assert personal.find(pl.Series([text])).filter(type="person").rows() == []


WORDS = st.sampled_from(
    [
        *(f"{phrase} " for phrase in sorted(talk.BEFORE)),
        *(
            "Jane ",
            "Zoltán ",
            "Miller ",
            "jane miller ",
            "JANE MILLER ",
            "van der ",
            "MD",
            ", ",
            ". ",
            "\n",
            '" ',
            "'s ",
            "è nata ",
        ),
        *(
            "lives in ",
            "grew up ",
            "can I ",
            "wife ",
            "address ",
            "I am ",
            "he ",
            "her ",
            "My ",
            "said ",
            "HE IS ",
            " and Bob were ",
            ", aged 44 ",
            "sent it to ",
            " is the best driver ",
        ),
    ]
)


@given(st.lists(WORDS, max_size=7).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_gate_lets_through_all_that_is_found(text: str) -> None:
    folded = fold_text(text)
    frame = pl.DataFrame({"text": [folded], "signs": signs(pl.Series([folded]))})
    for among, detector in ((Among.CASED, CASED), (Among.ONE_CASE, ONE_CASE)):
        found = list(detector.scan(folded, []))
        assert all(folded[span.start : span.end].strip() for span in found)
        if found:
            assert frame.select(among.holds).item()
            assert all(frame.select(passes(gate)).item() for gate in detector.gates)


@pytest.mark.parametrize("path", [names.GIVEN, names.SURNAMES])
def test_lists_of_names_are_plain_sorted_and_without_repeats(path: object) -> None:
    listed = names.Path(str(path)).read_text(encoding="utf-8").split("\n")[:-1]
    assert listed == sorted(set(listed))
    assert all(name == names.plain(name) and len(name) > 1 for name in listed)
    assert len(listed) > 10_000


def test_names_are_known_whatever_their_accents_and_letter_case() -> None:
    assert all(map(names.is_given, ("María", "JOAO", "Łukasz", "jürgen")))
    assert all(map(names.is_surname, ("Nowak", "FERNÁNDEZ", "Sørensen", "Dvořáková", "Papadopoulos")))
    assert not any(map(names.is_given, ("kettle", "black", "usb", "")))


def test_every_letter_with_which_a_name_may_begin_is_let_through() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    named = pl.Series("text", re.findall(around.CAPITAL, every)) + "nn"
    assert named.len() > 100_000  # scripts without letter case count as well
    assert pl.DataFrame({"text": named, "signs": signs(named)}).select(Among.CASED.holds).to_series().all()

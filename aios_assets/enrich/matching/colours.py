"""Colours: the one property that every trade names in a closed set of words, in each supplier's own language.

Which words tell siblings apart is learned (see telling), but no catalogue teaches that `rot` is `red`.
"""

from typing import Final

import numpy as np
import polars as pl
import scipy.sparse as sp

from aios_assets.enrich.matching.corpus import Matrix

COLOURS: Final = {
    "black": "black schwarz schwarze schwarzer schwarzes noir noire negro negra nero nera czarny czarna czarne zwart preto",
    "white": "white weiß weiss weiße weißer weißes blanc blanche blanco blanca bianco bianca biały biała białe wit branco",
    "red": "red rot rote roter rotes rouge rojo roja rosso rossa czerwony czerwona czerwone rood vermelho",
    "blue": "blue blau blaue blauer blaues bleu bleue azul blu niebieski niebieska niebieskie blauw navy marine marino",
    "green": "green grun grune gruner grunes vert verte verde zielony zielona zielone groen olive oliv",
    "yellow": "yellow gelb gelbe gelber gelbes jaune amarillo amarilla giallo gialla zołty zołta zołte geel amarelo",
    "grey": "grey gray grau graue grauer graues gris grise grigio grigia szary szara szare grijs cinza",
    "pink": "pink rosa rose rozowy rozowa rozowe roze",
    "purple": "purple violet lila violett violette morado morada viola fioletowy fioletowa fioletowe paars roxo",
    "brown": "brown braun braune brauner braunes brun brune marron marrone brazowy brazowa brazowe bruin marrom",
    "orange": "orange naranja arancione pomaranczowy pomaranczowa pomaranczowe oranje laranja",
    "silver": "silver silber silbern argent argente plateado plateada argento srebrny srebrna srebrne zilver",
    "beige": "beige beis bezowy bezowa bezowe",
    "gold": "gold golden dore doree dorado dorada oro złoty złota złote goud dourado",
}
"""English, German, French, Spanish, Italian, Polish, Dutch and Portuguese, without accents as plain text has them. A shade is
its colour: one supplier's navy is the other's blue."""

_NUMBER: Final = {word: at for at, words in enumerate(COLOURS.values()) for word in words.split()}


def named(bag: Matrix, vocabulary: pl.Series) -> Matrix:
    """Records x colours (binary), from records x words."""
    words = [at for at, word in enumerate(vocabulary.to_list()) if word in _NUMBER]
    colours = np.array([_NUMBER[word] for word in vocabulary.gather(words).to_list()], dtype=np.int64)
    ones, at = np.ones(len(words), dtype=np.float32), np.array(words, dtype=np.int64)
    told = sp.csr_matrix(bag @ sp.csr_matrix((ones, (at, colours)), shape=(len(vocabulary), len(COLOURS))))
    told.data[:] = 1.0
    return told

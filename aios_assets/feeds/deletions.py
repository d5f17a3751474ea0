"""Deletions: a column whose values seem to say that a product is gone. Nobody is believed on that without being asked."""

import re
from typing import Final

import polars as pl

from aios_assets.feeds.doubts import Doubt
from aios_assets.feeds.names import normal
from aios_assets.feeds.namewords import words

FIELD: Final = "deleted"
_DOES = words(
    """
    operation op action aktion aktionscode change changetype changeflag crud dml verb akcja operacja accion operacion
    azione operazione actie bewerking islem akce operace действие операция 操作
    """
)
"""Names of columns that say what to do with a row."""
_IS_GONE = re.compile(
    r"(?:is |to be )?(?:deleted?|deletion|removed?|tombstone|loschkennzeichen|loeschkennzeichen|loschkz|geloscht|gelöscht"
    r"|loevm|lvorm|usuniety|do usuniecia|supprime|a supprimer|eliminado|borrado|eliminato|verwijderd|silindi|smazano"
    r"|удалено|удален)(?: flag| indicator| mark| yn)?"
)
"""Names of columns that are filled where a product is gone."""
_GONE = words(
    """
    d del delete deleted deletion drop r remove removed rem withdraw withdrawn tombstone loschen löschen loeschen
    geloscht gelöscht l usun usuń usuniety usunięty supprimer supprime supprimé eliminar eliminado borrar baja eliminare
    eliminato verwijderen verwijderd sil silindi smazat smazano удалить удалено 删除 削除
    """
)
_YES = words("1 true t y yes x j ja tak oui si sí sì evet ano да")


def deletion(sample: pl.DataFrame) -> Doubt | None:
    """The question whether rows say that their products are gone, of columns that no field is called by; None: no."""
    for column in sample.columns:
        name = normal(column)
        does, gone = bool(set(name.split()) & _DOES), _IS_GONE.fullmatch(name) is not None
        if not (does or gone):
            continue
        cells = sample[column].str.strip_chars().str.to_lowercase()
        said = sorted(set(cells.drop_nulls().unique()) & (_GONE | _YES if gone else _GONE))
        if said:
            rows = int(cells.is_in(said).sum())
            why = f"{rows:,} of {sample.height:,} rows say {' or '.join(map(repr, said))} in {column}"
            value = f'{{ column = "{column}", values = {said} }}'.replace("'", '"')
            return Doubt(FIELD, (column,), f"{why}: are those products gone?", value)
    return None

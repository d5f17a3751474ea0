"""Reading: the one place where pages read. Governed tables, at the version that the ledger committed; nothing is written."""

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from aios_assets.cli.opened import Opened, look
from aios_assets.settings import load

Question = Callable[..., pl.LazyFrame]
"""A public function of some tables (lazy frames) and plain arguments: a selection, an order, a grouping."""

KEPT = 200
"""Answers kept in memory, over all pages and visitors."""


def lake_name() -> str:
    """The lake's folder. Raises SettingsError."""
    return str(load().lake_folder)


def versions(*tables: str) -> dict[str, int] | None:
    """The published versions of these tables; None where one of them has none. Raises AiosError, LedgerError."""
    lake = _opened(lake_name()).lake
    found = {table: state.version for table in tables if (state := lake.state(table)) is not None}
    return found if len(found) == len(tables) else None


def ask(question: Question, tables: tuple[str, ...], *arguments: Any) -> pl.DataFrame | None:
    """What a question answers of these tables as they are published now; None where one of them is not.

    Answered once per version: a page that is looked at again reads nothing. Raises NoLake where there is no lake,
    LakeError and LedgerError where it cannot be read.
    """
    at = versions(*tables)
    if at is None:
        return None
    return _answered(
        lake_name(), tuple(at.items()), f"{question.__module__}.{question.__qualname__}", arguments, question
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _opened(lake: str) -> Opened:
    return look(lake)


@st.cache_resource(max_entries=KEPT, show_spinner="Reading …")
def _answered(
    lake: str, at: tuple[tuple[str, int], ...], name: str, arguments: tuple[Any, ...], _question: Question
) -> pl.DataFrame:
    """The answer. It is shared by all pages, so nobody may change it in place (polars frames are not)."""
    del name  # it tells two questions apart; functions themselves are not compared
    tables = [_opened(lake).lake.scan(table, version) for table, version in at]
    return _question(*tables, *arguments).collect()

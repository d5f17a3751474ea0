"""The command line. Imports are deferred into the commands: help answers in under 0.4 s, a run pays for what it uses."""

import importlib
import sys

import typer

from aios_assets.cli.answer import FAULT, WRONG_USE, tell_fault
from aios_assets.errors import AiosError, SettingsError

app = typer.Typer(
    name="aios",
    help="Catalogue automation that can prove what it did. Start with: aios run FEED…",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for _noun in ("run", "trace", "audit", "reconcile", "evaluate", "feed", "policy", "example", "serve", "init"):
    importlib.import_module(f"aios_assets.cli.{_noun}").register(app)


def main() -> None:
    """The `aios` program."""
    try:
        app()
    except AiosError as error:
        tell_fault(error.what, error.why, error.do, as_json="--json" in sys.argv)
        sys.exit(WRONG_USE if isinstance(error, SettingsError) else FAULT)

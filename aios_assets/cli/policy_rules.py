"""`aios policy …`: the subcommands."""

import typer


def register(group: typer.Typer) -> None:
    """Adds the subcommands."""

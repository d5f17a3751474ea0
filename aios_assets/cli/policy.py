"""`aios policy`: the rules that say yes or no: which there are, why they said so, how one is made and tried."""

import typer

from aios_assets.cli import policy_decisions, policy_rules


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Policy: rules, their levels, their reasons, and new ones.", no_args_is_help=True)
    policy_rules.register(group)
    policy_decisions.register(group)
    app.add_typer(group, name="policy", short_help="Rules, their levels, their reasons, and new ones")

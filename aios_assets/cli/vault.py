"""`aios vault`: opens or destroys what is sealed, by a named person, for a reason, with a ledger entry."""

from typing import Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, tell
from aios_assets.errors import SettingsError

Token = Annotated[str, typer.Argument(metavar="TOKEN", help="As it stands in a table, e.g. [mail:hbdpmcaklfog…].")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks; it is kept in the ledger.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="For what reason; it is kept in the ledger.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Personal data: reveal one datum, or forget it for good.", no_args_is_help=True)
    group.command("reveal", short_help="Shows what a token stands for")(reveal)
    group.command("forget", short_help="Destroys the key of a datum, or of a delivery")(forget)
    app.add_typer(group, name="vault", short_help="Reveal a personal datum, or forget it for good")


def reveal(token: Token, by: By, why: Why, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Shows what a token stands for. The ledger says who asked and why before anything is shown."""
    opened = _opened(lake, token)
    index = _log(opened, "vault/reveal", token, by, why)
    value = opened.vault.reveal(token)
    tell({"token": token, "value": value, "ledger_index": index}, [value], as_json=as_json)


def forget(token: Token, by: By, why: Why, lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Destroys the key of a datum (or of a delivery, by its SHA-256): nobody can read it again, ever."""
    opened = _opened(lake, token)
    index = _log(opened, "vault/forget", token, by, why)
    done = opened.vault.forget(token)
    said = "its key is destroyed" if done else "its key had been destroyed before"
    lines = [f"{token}: {said} (ledger entry {index})"]
    tell({"token": token, "forgotten": True, "already": not done, "ledger_index": index}, lines, as_json=as_json)


def _opened(lake: str | None, token: str) -> Any:
    from aios_assets.cli.opened import act  # 0.8 s
    from aios_assets.vault import is_token

    if not is_token(token) and not (len(token) == 64 and all(c in "0123456789abcdef" for c in token)):
        raise SettingsError(
            token, "it is neither a token nor the SHA-256 of a delivery", "copy it as it stands in the table"
        )
    return act(lake)


def _log(opened: Any, what: str, token: str, by: str, why: str) -> int:
    import polars as pl

    from aios_assets.enrich.redact import tokenise
    from audit.ledger import Entry, Kind

    if not by.strip() or not why.strip():
        raise SettingsError("--by and --why", "one of them is empty", "say who asks, and for what reason")
    # A reason may name the person; the ledger never forgets, so it keeps the token.
    said = tokenise(pl.Series([why.strip()]), opened.vault.tokens)[0]
    body = {"what": what, "token": token, "by": by.strip(), "why": said}
    now = opened.lake.clock.now()
    logged = opened.lake.ledger.append(Entry(Kind.REVIEW, token, body, now))
    index: int = logged[0].index
    return index

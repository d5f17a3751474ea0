"""`aios models`: which models answer, where each stands, and its card."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aios_assets.cli.answer import JsonOption, LakeOption, table, tell
from aios_assets.errors import SettingsError

if TYPE_CHECKING:
    from serving.registry import Registration


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Models: which there are, where each stands, what is known of it.", no_args_is_help=True)
    group.command("list", short_help="Every registered model, its standing and digest")(list_)
    group.command("card", short_help="A model's card: purpose, limits, data, licence")(card)
    app.add_typer(group, name="models", short_help="Which there are, where each stands, what is known")


def list_(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Lists every registered model with its standing and digest, and those that the lake's own catalogue taught."""
    found = _known(lake)
    rows = [(f"{e.task}/{e.name}@{e.version}", e.standing.value, e.digest[:16], e.card.purpose) for e in found]
    told = [
        {"task": e.task, "name": e.name, "version": e.version, "standing": e.standing.value, "digest": e.digest}
        for e in found
    ]
    tell({"models": told}, table(rows, ("model", "standing", "digest", "purpose")), as_json=as_json)


def card(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its task, name or digest, as `list` tells it.")],
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a model's card: purpose, limits, training data, licence, evaluation."""
    known = _known(lake)
    found = [
        e
        for e in known
        if model in {e.task, e.name, f"{e.name}@{e.version}", f"{e.task}/{e.name}@{e.version}"}
        or (len(model) >= 8 and e.digest.startswith(model))
    ]
    if len(found) > 1:
        found = [e for e in found if e.standing.value == "champion"] or found
    if len(found) != 1:
        names = ", ".join(f"{e.task}/{e.name}@{e.version}" for e in (found or known))
        why = "no model is called so" if not found else f"{len(found)} models are called so"
        raise SettingsError(f"model {model}", why, f"name one of {names}")
    entry = found[0]
    said: dict[str, Any] = entry.card.plain()
    told = {
        "task": entry.task,
        "name": entry.name,
        "version": entry.version,
        "standing": entry.standing.value,
        "digest": entry.digest,
        "card": said,
    }
    lines = [f"{entry.task}/{entry.name}@{entry.version}: {entry.standing.value}, digest {entry.digest}"]
    for name, value in said.items():
        if name == "evaluation":
            lines += [f"  evaluation      {e['metric']}: {e['value']} on {e['data']} ({e['date']})" for e in value]
        else:
            lines.append(f"  {name.replace('_', ' '):15} {', '.join(value) if isinstance(value, list) else value}")
    tell(told, lines, as_json=as_json)


def _known(lake: str | None) -> "tuple[Registration, ...]":
    """The models that come with the product, and those that the lake's own catalogue taught, where there is a lake."""
    from aios_assets.cli.opened import NoLake, look  # 0.6 s
    from aios_assets.learned import learned
    from serving.registry import Registry

    shipped = Registry.load().registrations
    try:
        return (*shipped, *learned(look(lake).lake))
    except NoLake:
        if lake is not None:
            raise
        return shipped

"""`aios policy list|build|test|new`: the rules as sources and as what answers."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Any

import typer

from aios_assets.cli.answer import SAID_NO, JsonOption, LakeOption, progress, table, tell
from aios_assets.errors import SettingsError


def register(group: typer.Typer) -> None:
    """Adds the subcommands."""
    group.command("list", short_help="Every rule in force, what it asks of what, its levels")(list_)
    group.command("build", short_help="Builds the bundle that the engines run")(build)
    group.command("test", short_help="Runs the rules' own tests with opa")(run_tests)
    group.command("new", short_help="Scaffolds a rule, its test and its page")(new)


def list_(lake: LakeOption = None, as_json: JsonOption = False) -> None:
    """Lists every rule of the engine in force, what it asks of what, and its levels in each profile."""
    from aios_assets.settings import load

    rules, levels = described(load(lake=lake))
    told = [{**rule, "levels": {profile: levels[profile].get(rule["rule"]) for profile in levels}} for rule in rules]
    rows = [(rule["rule"], rule["kind"], rule["title"], rule["applies_to"]) for rule in rules]
    lines = table(rows, ("rule", "kind", "title", "applies to"))
    lines.append("")
    names = [name for rule in rules if any((name := rule["rule"]) in levels[profile] for profile in levels)]
    cells = [
        (name, part, *(_level(levels[profile].get(name, {}).get(part)) for profile in levels))
        for name in names
        for part in next(iter(levels.values())).get(name, {})
    ]
    lines += table(cells, ("rule", "level", *levels))
    tell({"rules": told}, lines, as_json=as_json)


def described(settings: Any) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Every rule as its engine describes it, and the levels by profile and rule. Raises PolicyError."""
    from aios_assets.settings import PROFILES
    from policies.answers import rules_of
    from policies.bundle import Bundle

    bundle = Bundle.read()
    if settings.policy.opa_url:
        from policies.opa import OpaEngine

        engine: Any = OpaEngine(bundle, url=settings.policy.opa_url, seconds=settings.policy.deadline)
    else:
        from policies.wasm import WasmEngine

        engine = WasmEngine(bundle)
    levels: dict[str, dict[str, Any]] = json.loads(bundle.data)["aios"]["levels"]
    order = {name: levels[name] for name in sorted(levels, key=PROFILES.index)}
    return [rule.model_dump() for rule in rules_of(engine)], order


def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 3 if the committed bundle differs.")
    ] = False,
    lake: LakeOption = None,  # noqa: ARG001  every command takes --lake
    as_json: JsonOption = False,
) -> None:
    """Builds the bundle that the engines run out of policies/rego, with the pinned opa."""
    from policies.build import build as make
    from policies.build import check as compare
    from policies.bundle import HERE, MANIFEST

    if check:
        different = list(compare())
        lines = [f"{name} is not what policies/rego makes" for name in different]
        tell({"different": different}, lines or ["the bundle is what policies/rego makes"], as_json=as_json)
        if different:
            raise typer.Exit(SAID_NO)
        return
    revision = make(HERE)
    rules = json.loads((HERE / MANIFEST).read_text())["rules"]
    tell({"revision": revision, "rules": rules}, [f"built {len(rules)} rules, revision {revision}"], as_json=as_json)


def run_tests(
    rule: Annotated[str | None, typer.Argument(metavar="[CATEGORY/RULE]", help="Only this rule's tests.")] = None,
    lake: LakeOption = None,  # noqa: ARG001
    as_json: JsonOption = False,
) -> None:
    """Runs the rules' own tests with opa."""
    from policies.build import OPA_VERSION, SOURCES, rules_in

    if rule is not None and rule not in rules_in():
        raise SettingsError(f"rule {rule}", "there is no such rule", f"name one of {', '.join(rules_in())}")
    program = shutil.which("opa")
    if program is None:
        install = f"go install github.com/open-policy-agent/opa@v{OPA_VERSION}"
        raise SettingsError("the program opa", "it is not on the PATH", f"install it: {install}")
    command = [program, "test", "--format", "json", str(SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  a list, no shell
    if done.returncode not in {0, 2}:
        raise SettingsError("policies/rego", (done.stderr or done.stdout).strip(), "mend the rule that opa names")
    category, _, name = (rule or "").partition("/")
    packages = {f'data.aios.tests.{category}["{name}"]', f"data.aios.tests.{category}.{name}"}
    found = [one for one in json.loads(done.stdout or "[]") or [] if rule is None or one["package"] in packages]
    failed = [f"{one['package'].removeprefix('data.')}: {one['name']}" for one in found if one.get("fail")]
    told = {"tests": len(found), "failed": failed}
    tell(told, [f"{len(found) - len(failed)} of {len(found)} tests passed", *failed], as_json=as_json)
    if failed or not found:
        raise typer.Exit(SAID_NO)


def new(
    rule: Annotated[str, typer.Argument(metavar="CATEGORY/RULE", help="Lower-case words joined by hyphens.")],
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder with policies/ and docs/; default: this product's.")
    ] = None,
    lake: LakeOption = None,  # noqa: ARG001
    as_json: JsonOption = False,
) -> None:
    """Scaffolds a rule, its test and its page. It compiles and passes its tests as it is, to be changed from there."""
    from aios_assets.cli.scaffold import scaffold
    from policies.build import PACKAGE

    home = into or PACKAGE.parent
    made = scaffold(home, rule)
    progress(f"next: say in {made[0]} what has to hold; then aios policy test {rule} && aios policy build")
    tell({"rule": rule, "files": [str(path) for path in made]}, [str(path) for path in made], as_json=as_json)


def _level(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {level}" for name, level in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "-" if value is None else str(value)

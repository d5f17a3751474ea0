"""Scaffold: a new rule's three files. It compiles and passes its tests as it is, to be changed from there."""

import re
from pathlib import Path

from aios_assets.errors import SettingsError

NAME = re.compile(r"[a-z][a-z0-9]*/[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

RULE = """\
# METADATA
# title: TITLE
# description: Say here in one sentence what has to hold. As it was made, the rule asks that the table holds a row.
# custom:
#   kind: table
#   applies_to: every table
package aios.rules.CATEGORY["NAME"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every table is asked"

# Positive: what is not admitted here is refused, also what is missing or of another type.
admit if {
	input.rows > 0
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"table {input.table} holds no row",
	"do": "say here what whoever is refused can do about it",
	"about": input.table,
}) if {
	applies == true
	not admit
}
"""

TEST = """\
package aios.tests.CATEGORY["NAME"]

import data.aios.rules.CATEGORY["NAME"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_table_without_rows_is_refused if {
	rule.applies == true with input as testing.but({"rows": 0})
	not rule.admit with input as testing.but({"rows": 0})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"rows": 0})
}
"""

PAGE = """\
# CATEGORY/NAME

## What it asks

Say what has to hold, in one sentence.

## Why

Say what happens where it does not.

## Applies to

Every table. Where only some are meant, select them by tag: `applies := "tag" in input.tags`.

## Levels

None: it is the same in every profile. Numbers belong in `policies/rego/aios/levels/data.json`, never in the rule.

## What to do when refused

Say what the finding names, and what helps.
"""


def scaffold(home: Path, rule: str) -> tuple[Path, Path, Path]:
    """Writes rule, test and page below `home`. Raises SettingsError for a name that is none and for a rule that is there."""
    if NAME.fullmatch(rule) is None:
        raise SettingsError(
            f"rule {rule!r}",
            "a rule is called category/name",
            "one lower-case word, a slash, and lower-case words joined by hyphens: quality/no-gaps",
        )
    category, name = rule.split("/")
    rules = home / "policies" / "rego" / "aios" / "rules"
    if not rules.is_dir():
        raise SettingsError(
            str(rules), "there is no such folder", "name the folder that policies/rego lies in with --into"
        )
    folder = rules / category / name
    if folder.exists():
        raise SettingsError(str(folder), "the rule is there already", "edit it, or choose another name")
    files = (folder / f"{name}.rego", folder / f"{name}_test.rego", home / "docs" / "rules" / f"{category}-{name}.md")
    if files[2].exists():
        raise SettingsError(str(files[2]), "the page is there already", "choose another name")
    for file, text in zip(files, (RULE, TEST, PAGE), strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        title = name.replace("-", " ").capitalize()
        for word, value in (("CATEGORY", category), ("NAME", name), ("TITLE", title)):
            text = text.replace(word, value)  # noqa: PLW2901  the same text, filled in
        file.write_text(text, encoding="utf-8")
    return files

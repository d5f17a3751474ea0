# METADATA
# title: The table's shape is the one its contract declares
# description: >-
#   Columns and types are as declared, and differ from the published version's only under a higher contract version, or
#   where a person goes back to an earlier one.
# custom:
#   kind: table
#   applies_to: every table
package aios.rules.schema["no-drift"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every table keeps the shape that its contract declares"

admit if {
	count(input.declared) > 0
	measured == input.declared
	follows
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"the draft's columns are not those declared: {difference(measured, input.declared)}",
	"do": "return exactly the declared columns, in their order and types, or change the contract and raise its version",
	"about": input.table,
}) if {
	measured != input.declared
}

findings contains result.finding(rego.metadata.chain(), {
	"why": "the contract declares no column",
	"do": "declare the table's columns in its contract",
	"about": input.table,
}) if {
	count(input.declared) == 0
}

findings contains result.finding(rego.metadata.chain(), {
	"why": concat("", [
		$"the contract's columns changed, and its version is still {input.contract_version}: ",
		difference(input.declared, input.parent.columns),
	]),
	"do": "raise the contract's version if the change is meant; else take it back",
	"about": input.table,
}) if {
	input.contract_version == input.parent.contract_version
	input.parent.columns != input.declared
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"contract version {input.contract_version} is older than {input.parent.contract_version}, under which the table is published",
	"do": $"use the newer contract, give the older shape a higher version, or go back with `aios contract revert {input.stage}`",
	"about": input.table,
}) if {
	input.contract_version < input.parent.contract_version
	not returns
}

measured := [[column.name, column.type] | some column in input.columns]

follows if input.parent == null

follows if returns

follows if input.contract_version > input.parent.contract_version

follows if {
	input.contract_version == input.parent.contract_version
	input.parent.columns == input.declared
}

# A revert: a person leads the table back to a contract that an earlier version of it was committed under.
returns if {
	is_number(input.migration.returns)
	input.migration.returns < input.parent.version
	input.migration.by != ""
}

difference(here, there) := concat("; ", sides) if {
	sides := [side |
		some [said, columns] in [["more", missing(here, there)], ["missing", missing(there, here)]]
		count(columns) > 0
		side := $"{said}: {concat(", ", columns)}"
	]
	count(sides) > 0
} else := "the same columns in another order"

missing(here, there) := [$"{column[0]} ({column[1]})" | some column in here; not column in there]

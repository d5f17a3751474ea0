# METADATA
# title: No secret stands in a table
# description: No column that would become visible holds a value in which the detectors found a password, key or token.
# custom:
#   kind: table
#   applies_to: every table
package aios.rules.privacy["no-secrets"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every table is looked through for secrets"

admit if {
	count(input.columns) > 0
	every column in input.columns {
		clear(column)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{column.secrets} values of column {column.name} look like passwords, keys or tokens",
	"do": $"take them out at their source and renew them, since they were delivered in the clear",
	"about": column.name,
}) if {
	some column in input.columns
	not clear(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"no column of table {input.table} was looked through for secrets",
	"do": "declare the table's columns in its contract, so that each is measured",
	"about": input.table,
}) if {
	count(input.columns) == 0
}

clear(column) if column.secrets == 0

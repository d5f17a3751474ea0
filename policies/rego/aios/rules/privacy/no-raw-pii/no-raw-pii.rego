# METADATA
# title: No personal data stands in the clear
# description: No column that would become visible holds a value in which the detectors found personal data.
# custom:
#   kind: table
#   applies_to: every table; in columns tagged "sealed" each value that is no ciphertext counts
package aios.rules.privacy["no-raw-pii"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every table is looked through for personal data"

admit if {
	count(input.columns) > 0
	every column in input.columns {
		clear(column)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{column.personal} values of column {column.name} hold personal data in the clear",
	"do": $"seal them in the stage that writes {column.name}",
	"about": column.name,
}) if {
	some column in input.columns
	not clear(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"no column of table {input.table} was looked through for personal data",
	"do": "declare the table's columns in its contract, so that each is measured",
	"about": input.table,
}) if {
	count(input.columns) == 0
}

clear(column) if column.personal == 0

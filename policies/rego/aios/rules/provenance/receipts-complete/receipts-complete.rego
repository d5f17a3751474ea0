# METADATA
# title: Every value has its receipt
# description: Each row has a fingerprint and a key, each value that was answered says who answered it.
# custom:
#   kind: table
#   applies_to: every table; receipts are owed by its answered columns
package aios.rules.provenance["receipts-complete"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every row can be traced to what it was made of"

admit if {
	input.fingerprints == input.measured
	count(input.key) > 0
	every name in input.key {
		filled(name)
	}
	every column in input.columns {
		signed(column)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{input.fingerprints} of {input.measured} new rows have a fingerprint",
	"do": "let the machinery write the fingerprint column; no stage may leave it out or change it",
	"about": input.table,
}) if {
	input.fingerprints != input.measured
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"table {input.table} has no key, so no row of it can be asked for",
	"do": "name the key in the table's contract",
	"about": input.table,
}) if {
	count(input.key) == 0
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"key column {name} is missing, or empty in some rows",
	"do": $"fill {name} in every row, or set the rows aside that have none",
	"about": name,
}) if {
	some name in input.key
	not filled(name)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": unsigned(column),
	"do": $"return {column.name} as an answer of the gateway or of a named rule, which carries its receipt along",
	"about": column.name,
}) if {
	some column in input.columns
	not signed(column)
}

filled(name) if {
	some column in input.columns
	column.name == name
	column.nulls == 0
}

signed(column) if column.answered == false

signed(column) if {
	column.answered == true
	column.unsigned == 0
}

unsigned(column) := $"{column.unsigned} values of column {column.name} do not say who answered them" if {
	is_number(column.unsigned)
} else := $"nobody counted which values of column {column.name} say who answered them"

# METADATA
# title: Every input is pinned
# description: A table was read at a version that the ledger committed, a file under its SHA-256.
# custom:
#   kind: table
#   applies_to: every table
package aios.rules.provenance["inputs-pinned"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := "every table is made of inputs that can be opened again"

admit if {
	count(input.inputs) > 0
	every one in input.inputs {
		pinned(one)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": missing(one),
	"do": $"read {one.name} through the reader, which pins what it hands out, and run the stage again",
	"about": one.name,
}) if {
	some one in input.inputs
	not pinned(one)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"table {input.table} names no input, so nobody can say what it was made of",
	"do": "declare the stage's inputs as its parameters, or the file it was read from",
	"about": input.table,
}) if {
	count(input.inputs) == 0
}

pinned(one) if {
	one.kind == "table"
	one.version >= 0
	one.ledger_index >= 0
	is_number(one.version)
	is_number(one.ledger_index)
}

pinned(one) if {
	one.kind == "file"
	is_string(one.digest)
	regex.match(`^[0-9a-f]{64}$`, one.digest)
}

missing(one) := $"table {one.name} was read at version {one.version}, ledger entry {one.ledger_index}: both must be numbers" if {
	one.kind == "table"
} else := $"file {one.name} has no SHA-256 of 64 hex digits" if {
	one.kind == "file"
} else := $"input {one.name} is of kind {one.kind}, and only tables and files can be pinned"

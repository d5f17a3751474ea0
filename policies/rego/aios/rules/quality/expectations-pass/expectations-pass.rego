# METADATA
# title: Every promised expectation holds
# description: As many expectations were answered as the contract promises, at least one, and each literally succeeded.
# custom:
#   kind: table
#   applies_to: every table
package aios.rules.quality["expectations-pass"]

import data.aios.result

about := result.about(rego.metadata.chain())

applies := true

because := $"the contract promises {input.expected} expectations"

admit if {
	input.expected > 0
	count(input.expectations) == input.expected
	every one in input.expectations {
		one.success == true
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{one.type} on {named(one)} does not hold: {observed(one)}",
	"do": "mend the source or the stage; where the promise is wrong, change the contract and raise its version",
	"about": named(one),
}) if {
	some one in input.expectations
	not one.success == true
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{count(input.expectations)} expectations were answered where the contract promises {input.expected}",
	"do": "run the whole suite again; an expectation without an answer does not hold",
	"about": input.table,
}) if {
	count(input.expectations) != input.expected
}

findings contains result.finding(rego.metadata.chain(), {
	"why": "the contract promises no expectation, so nothing says what a good table is",
	"do": "add at least one expectation to the contract",
	"about": input.table,
}) if {
	input.expected == 0
}

named(one) := concat(", ", one.columns) if {
	count(one.columns) > 0
} else := input.table

observed(one) := one.observed if {
	one.success == false
	one.observed != ""
} else := "it was not answered"

# METADATA
# title: No answer is less sure than its floor
# description: >-
#   Each answer's confidence is at least the profile's floor for who gave it: what stands before the colon in its "by"
#   (source, person, rule, model), any other has the highest floor. A row without an answer is no answer.
# custom:
#   kind: row
#   applies_to: every answered column of tables that are no tables of decisions
#   facts:
#     - answer.given
#     - answer.by
#     - answer.confidence
package aios.rules.evidence["confidence-floor"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

# METADATA
# schemas:
#   - input: {type: object}
refused := [index |
	given := input.columns["answer.given"]
	by := input.columns["answer.by"]
	some index, confidence in input.columns["answer.confidence"]
	not sure(given[index], by[index], confidence)
]

why := $"the answer's confidence is missing or under the floor of profile {input.profile} ({told})"

do := "have a person look at the value, or let a better model answer it; a guess is not published"

sure(_, by, confidence) if {
	is_number(confidence)
	is_string(by)
	confidence <= 1
	confidence >= object.get(level.floors, split(by, ":")[0], level.otherwise)
}

# A value that is missing may still name the rule that could not read it: its reason, not an answer.
sure(false, _, null)

told := concat(", ", array.concat(
	[$"{family} {floor}" | some family, floor in level.floors],
	[$"any other {level.otherwise}"],
))

# What follows is the same promise about the table: no answered column may have come past the question above.

applies := count(answered) > 0

because := $"answers stand in {concat(", ", answered)}" if applies == true

because := "no column of this table holds answers" if applies == false

admit if {
	every column in input.columns {
		high(column)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"the lowest confidence in column {column.name} is {column.lowest_confidence}; the lowest floor is {lowest}",
	"do": "judge the rows by the row rules before the table is drafted, and set aside what they refuse",
	"about": column.name,
}) if {
	some column in input.columns
	not high(column)
}

answered := [column.name | some column in input.columns; owes(column)]

owes(column) if {
	column.answered == true
	column.nulls < input.measured
}

high(column) if not owes(column)

high(column) if {
	is_number(column.lowest_confidence)
	column.lowest_confidence <= 1
	column.lowest_confidence >= lowest
}

lowest := min([floor | some floor in level.floors])

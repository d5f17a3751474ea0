# METADATA
# title: The table did not shrink or swell overnight
# description: Its rows, against those of the version that is published now, stay within the profile's bounds.
# custom:
#   kind: table
#   applies_to: every table that follows a version of some size; tables of decisions may grow as they like
package aios.rules.quality["volume-shift"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

applies := false if input.parent == null

applies := input.parent.rows >= level.from_rows if input.parent != null

because := "there is no version before this one" if input.parent == null

because := $"the version before had {input.parent.rows} rows; shifts are judged from {level.from_rows} rows on" if {
	input.parent != null
}

admit if {
	input.parent.rows > 0
	input.rows / input.parent.rows >= level.least
	bounded
}

bounded if {
	input.parent.rows > 0
	input.rows / input.parent.rows <= level.most
}

# What was decided, by the gate or by people, grows with what happens and not with what was delivered.
bounded if "decisions" in input.tags

findings contains result.finding(rego.metadata.chain(), {
	"why": concat("", [
		$"the table would go from {input.parent.rows} to {input.rows} rows, ",
		$"{result.percent(input.rows / input.parent.rows)} % of what it was; profile {input.profile} ",
		$"allows {result.percent(level.least)} to {result.percent(level.most)} %",
	]),
	"do": "see whether a delivery is cut short or doubled; where the shift is meant, run once under a wider profile",
	"about": input.table,
}) if {
	applies == true
	not admit
}

# METADATA
# title: Not too many rows were set aside
# description: The share of rows that broke the contract stays under the profile's level.
# custom:
#   kind: table
#   applies_to: every attempt that considered rows, and every table that grew
package aios.rules.quality["quarantine-share"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

applies := asked

because := $"{input.quarantined} of {input.considered} rows were set aside" if asked

because := "no row was considered and none came in, so there is no share" if not asked

admit if {
	input.considered > 0
	input.quarantined <= input.considered
	input.quarantined / input.considered <= level.most
}

findings contains result.finding(rego.metadata.chain(), {
	"why": concat("", [
		$"{input.quarantined} of {input.considered} rows were set aside ({result.percent(input.quarantined / input.considered)} %), ",
		$"and profile {input.profile} allows {result.percent(level.most)} %",
	]),
	"do": "read why rows were set aside, which the run tells; mend the feed or its mapping, and deliver it again",
	"about": input.table,
}) if {
	input.considered > 0
	not input.quarantined / input.considered <= level.most
}

findings contains result.finding(rego.metadata.chain(), {
	"why": concat("", [
		$"no row was considered, yet {input.quarantined} were set aside and the table went ",
		$"from {before} to {input.rows} rows",
	]),
	"do": "count every row that the stage handed over; what was not considered cannot come in",
	"about": input.table,
}) if {
	asked
	input.considered == 0
}

default asked := true

asked := false if {
	input.considered == 0
	input.quarantined == 0
	input.rows <= before
}

before := input.parent.rows if {
	input.parent != null
} else := 0

# METADATA
# title: A delivery keeps the shape of the last accepted one
# description: >-
#   Columns, their order of meaning, units, currency, fill and volume stay as they were, within the profile's levels, or
#   a person has accepted the difference for exactly this delivery.
# custom:
#   kind: table
#   applies_to: every table that takes deliveries of a supplier who delivered before
package aios.rules.feed["shape-kept"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

compared := [delivery | some delivery in input.deliveries; is_string(delivery.against)]

applies := (count(compared) + count(input.drifts)) > 0

because := concat("; ", array.concat([$"let through under profile {input.profile}"], told)) if {
	count(input.drifts) > 0
} else := $"{count(compared)} of {count(input.deliveries)} deliveries have the shape of the last accepted one" if {
	applies == true
} else := "no delivery is taken in" if {
	count(input.deliveries) == 0
} else := "it is the first delivery of each supplier"

told := [$"{drift.supplier}: {drift.what} ({drift.why}){mark(drift)}" | some drift in input.drifts]

mark(drift) := ", accepted" if drift.accepted == true

mark(drift) := "" if drift.accepted == false

admit if {
	applies == true
	every drift in input.drifts {
		let_through(drift)
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{drift.supplier}: {drift.what}. Likely cause: {drift.why}",
	"do": drift.do,
	"about": drift.column,
}) if {
	some drift in input.drifts
	not let_through(drift)
}

# A field that lost its column would be empty everywhere, whatever the profile and whoever accepts it.
let_through(drift) if {
	drift.lost == false
	drift.accepted == true
}

let_through(drift) if {
	drift.lost == false
	slight(drift)
}

# So few records differ by chance.
slight(drift) if drift.records < level.from_records

slight(drift) if {
	drift.read == false
	drift.kind in level.unread
}

# A kind that the levels do not name is tolerated by none of them.
slight(drift) if drift.size <= level.tolerates[drift.kind]

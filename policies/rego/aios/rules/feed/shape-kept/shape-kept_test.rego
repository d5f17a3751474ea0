package aios.tests.feed["shape-kept"]

import data.aios.rules.feed["shape-kept"] as rule
import data.aios.testing

with_drift(changed) := testing.but({
	"deliveries": [testing.delivery],
	"drifts": [object.union(testing.drift, changed)],
})

under(profile, changed) := object.union(with_drift(changed), {"profile": profile})

test_a_table_without_a_delivery_is_not_asked if {
	rule.applies == false with input as testing.but({"deliveries": [], "drifts": []})
	count(rule.findings) == 0 with input as testing.but({"deliveries": [], "drifts": []})
}

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_first_delivery_is_not_compared if {
	rule.applies == false with input as testing.but({"drifts": [], "deliveries": [object.union(testing.delivery, {"against": null})]})
	count(rule.findings) == 0 with input as testing.but({"drifts": [], "deliveries": [object.union(testing.delivery, {"against": null})]})
}

test_a_delivery_of_the_same_shape_is_admitted if {
	rule.applies == true with input as testing.but({"drifts": []})
	rule.admit with input as testing.but({"drifts": []})
	count(rule.findings) == 0 with input as testing.but({"drifts": []})
}

test_a_renamed_column_is_refused if {
	rule.applies == true with input as with_drift({})
	not rule.admit with input as with_drift({})
	{finding.about | some finding in rule.findings} == {"price"} with input as with_drift({})
}

test_an_accepted_one_is_admitted if {
	rule.admit with input as with_drift({"accepted": true})
	count(rule.findings) == 0 with input as with_drift({"accepted": true})
}

test_pilot_tells_of_it_and_lets_it_through if {
	rule.admit with input as under("pilot", {})
	contains(rule.because, "unit_price") with input as under("pilot", {})
	count(rule.findings) == 0 with input as under("pilot", {})
}

test_a_field_without_its_column_is_refused_in_every_profile if {
	every profile in ["pilot", "scale", "run"] {
		not rule.admit with input as under(profile, {"lost": true})
		count(rule.findings) == 1 with input as under(profile, {"lost": true})
		not rule.admit with input as under(profile, {"lost": true, "accepted": true})
	}
}

test_a_column_that_nothing_reads_may_be_renamed if {
	rule.admit with input as with_drift({"read": false})
	count(rule.findings) == 0 with input as with_drift({"read": false})
}

test_a_unit_of_a_column_that_nothing_reads_is_refused if {
	not rule.admit with input as with_drift({"read": false, "kind": "unit"})
	count(rule.findings) == 1 with input as with_drift({"read": false, "kind": "unit"})
}

test_a_handful_of_records_proves_nothing if {
	rule.admit with input as with_drift({"records": 49})
	count(rule.findings) == 0 with input as with_drift({"records": 49})
}

test_a_share_within_its_level_is_admitted if {
	rule.admit with input as with_drift({"kind": "emptied", "size": 0.2})
	not rule.admit with input as with_drift({"kind": "emptied", "size": 0.21})
}

test_a_kind_without_a_level_is_refused if {
	not rule.admit with input as under("pilot", {"kind": "melted", "size": 0})
	count(rule.findings) == 1 with input as under("pilot", {"kind": "melted", "size": 0})
}

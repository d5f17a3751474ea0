package aios.tests.quality["volume-shift"]

import data.aios.rules.quality["volume-shift"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_feed_that_shrank_by_99_percent_is_refused if {
	rule.applies == true with input as testing.but({"rows": 10})
	not rule.admit with input as testing.but({"rows": 10})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"rows": 10})
}

test_a_feed_that_doubled_is_refused if {
	rule.applies == true with input as testing.but({"rows": 1980})
	not rule.admit with input as testing.but({"rows": 1980})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"rows": 1980})
}

test_a_wider_profile_admits_the_double if {
	rule.applies == true with input as testing.but({"rows": 1980, "profile": "scale"})
	rule.admit with input as testing.but({"rows": 1980, "profile": "scale"})
	count(rule.findings) == 0 with input as testing.but({"rows": 1980, "profile": "scale"})
}

test_the_first_version_is_not_compared if {
	rule.applies == false with input as testing.but({"parent": null})
	count(rule.findings) == 0 with input as testing.but({"parent": null})
}

test_a_small_table_is_not_compared if {
	rule.applies == false with input as testing.but({"rows": 1, "parent": object.union(testing.parent, {"rows": 99})})
	count(rule.findings) == 0 with input as testing.but({"rows": 1, "parent": object.union(testing.parent, {"rows": 99})})
}

test_a_table_of_decisions_may_grow if {
	rule.applies == true with input as testing.but({"rows": 1980, "tags": ["decisions"]})
	rule.admit with input as testing.but({"rows": 1980, "tags": ["decisions"]})
	count(rule.findings) == 0 with input as testing.but({"rows": 1980, "tags": ["decisions"]})
}

test_a_table_of_decisions_that_shrank_is_refused if {
	rule.applies == true with input as testing.but({"rows": 10, "tags": ["decisions"]})
	not rule.admit with input as testing.but({"rows": 10, "tags": ["decisions"]})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"rows": 10, "tags": ["decisions"]})
}

test_a_table_that_was_empty_is_not_compared if {
	rule.applies == false with input as testing.but({"rows": 5, "parent": object.union(testing.parent, {"rows": 0})})
	not rule.admit with input as testing.but({"rows": 5, "parent": object.union(testing.parent, {"rows": 0})})
}

package aios.tests.quality["quarantine-share"]

import data.aios.rules.quality["quarantine-share"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_share_at_the_level_is_admitted if {
	rule.applies == true with input as testing.but({"quarantined": 50})
	rule.admit with input as testing.but({"quarantined": 50})
	count(rule.findings) == 0 with input as testing.but({"quarantined": 50})
}

test_a_share_over_the_level_is_refused if {
	rule.applies == true with input as testing.but({"quarantined": 51})
	not rule.admit with input as testing.but({"quarantined": 51})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"quarantined": 51})
}

test_a_wider_profile_admits_it if {
	rule.applies == true with input as testing.but({"quarantined": 51, "profile": "pilot"})
	rule.admit with input as testing.but({"quarantined": 51, "profile": "pilot"})
	count(rule.findings) == 0 with input as testing.but({"quarantined": 51, "profile": "pilot"})
}

test_more_than_were_considered_is_refused if {
	rule.applies == true with input as testing.but({"quarantined": 1001, "profile": "pilot"})
	not rule.admit with input as testing.but({"quarantined": 1001, "profile": "pilot"})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"quarantined": 1001, "profile": "pilot"})
}

test_nothing_considered_and_nothing_new_is_not_applicable if {
	rule.applies == false with input as testing.but({"considered": 0, "quarantined": 0, "rows": 990})
	count(rule.findings) == 0 with input as testing.but({"considered": 0, "quarantined": 0, "rows": 990})
}

test_an_empty_first_version_is_not_applicable if {
	rule.applies == false with input as testing.but({"considered": 0, "quarantined": 0, "rows": 0, "parent": null})
	count(rule.findings) == 0 with input as testing.but({"considered": 0, "quarantined": 0, "rows": 0, "parent": null})
}

test_rows_that_were_never_considered_are_refused if {
	rule.applies == true with input as testing.but({"considered": 0, "quarantined": 0, "rows": 991})
	not rule.admit with input as testing.but({"considered": 0, "quarantined": 0, "rows": 991})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"considered": 0, "quarantined": 0, "rows": 991})
}

test_a_quarantine_of_nothing_is_refused if {
	rule.applies == true with input as testing.but({"considered": 0, "quarantined": 1, "rows": 990})
	not rule.admit with input as testing.but({"considered": 0, "quarantined": 1, "rows": 990})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"considered": 0, "quarantined": 1, "rows": 990})
}

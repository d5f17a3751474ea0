package aios.tests.quality["expectations-pass"]

import data.aios.rules.quality["expectations-pass"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_one_that_fails_refuses if {
	rule.applies == true with input as testing.but({"expectations": [object.union(testing.expectation, {"success": false})]})
	not rule.admit with input as testing.but({"expectations": [object.union(testing.expectation, {"success": false})]})
	{finding.about | some finding in rule.findings} == {"product"} with input as testing.but({"expectations": [object.union(testing.expectation, {"success": false})]})
}

test_one_that_was_not_answered_refuses if {
	rule.applies == true with input as testing.but({"expectations": [object.union(testing.expectation, {"success": null})]})
	not rule.admit with input as testing.but({"expectations": [object.union(testing.expectation, {"success": null})]})
	{finding.about | some finding in rule.findings} == {"product"} with input as testing.but({"expectations": [object.union(testing.expectation, {"success": null})]})
}

test_fewer_than_promised_refuse if {
	rule.applies == true with input as testing.but({"expected": 2})
	not rule.admit with input as testing.but({"expected": 2})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"expected": 2})
}

test_more_than_promised_refuse if {
	rule.applies == true with input as testing.but({"expectations": [testing.expectation, testing.expectation]})
	not rule.admit with input as testing.but({"expectations": [testing.expectation, testing.expectation]})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"expectations": [testing.expectation, testing.expectation]})
}

test_none_promised_is_refused if {
	rule.applies == true with input as testing.but({"expected": 0, "expectations": []})
	not rule.admit with input as testing.but({"expected": 0, "expectations": []})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"expected": 0, "expectations": []})
}

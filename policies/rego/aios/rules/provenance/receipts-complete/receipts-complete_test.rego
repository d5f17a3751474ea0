package aios.tests.provenance["receipts-complete"]

import data.aios.rules.provenance["receipts-complete"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_row_without_a_fingerprint_is_refused if {
	rule.applies == true with input as testing.but({"fingerprints": 999})
	not rule.admit with input as testing.but({"fingerprints": 999})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"fingerprints": 999})
}

test_an_unsigned_answer_is_refused if {
	rule.applies == true with input as testing.but_colour({"unsigned": 1})
	not rule.admit with input as testing.but_colour({"unsigned": 1})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"unsigned": 1})
}

test_uncounted_answers_are_refused if {
	rule.applies == true with input as testing.but_colour({"unsigned": null})
	not rule.admit with input as testing.but_colour({"unsigned": null})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"unsigned": null})
}

test_an_empty_key_is_refused if {
	rule.applies == true with input as testing.but({"columns": [object.union(testing.plain[0], {"nulls": 1}), testing.answered]})
	not rule.admit with input as testing.but({"columns": [object.union(testing.plain[0], {"nulls": 1}), testing.answered]})
	{finding.about | some finding in rule.findings} == {"product"} with input as testing.but({"columns": [object.union(testing.plain[0], {"nulls": 1}), testing.answered]})
}

test_a_key_that_is_no_column_is_refused if {
	rule.applies == true with input as testing.but({"key": ["sku"]})
	not rule.admit with input as testing.but({"key": ["sku"]})
	{finding.about | some finding in rule.findings} == {"sku"} with input as testing.but({"key": ["sku"]})
}

test_no_key_is_refused if {
	rule.applies == true with input as testing.but({"key": []})
	not rule.admit with input as testing.but({"key": []})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"key": []})
}

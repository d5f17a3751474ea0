package aios.tests.provenance["inputs-pinned"]

import data.aios.rules.provenance["inputs-pinned"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_file_is_pinned_by_its_digest if {
	rule.applies == true with input as testing.but({"inputs": [file(digest)]})
	rule.admit with input as testing.but({"inputs": [file(digest)]})
	count(rule.findings) == 0 with input as testing.but({"inputs": [file(digest)]})
}

test_a_file_with_a_short_digest_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [file("0a")]})
	not rule.admit with input as testing.but({"inputs": [file("0a")]})
	{finding.about | some finding in rule.findings} == {"feed.csv"} with input as testing.but({"inputs": [file("0a")]})
}

test_a_file_without_a_digest_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [file(null)]})
	not rule.admit with input as testing.but({"inputs": [file(null)]})
	{finding.about | some finding in rule.findings} == {"feed.csv"} with input as testing.but({"inputs": [file(null)]})
}

test_a_table_without_a_version_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [object.union(testing.table, {"version": null})]})
	not rule.admit with input as testing.but({"inputs": [object.union(testing.table, {"version": null})]})
	{finding.about | some finding in rule.findings} == {"products"} with input as testing.but({"inputs": [object.union(testing.table, {"version": null})]})
}

test_a_version_that_the_ledger_does_not_hold_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [object.union(testing.table, {"ledger_index": null})]})
	not rule.admit with input as testing.but({"inputs": [object.union(testing.table, {"ledger_index": null})]})
	{finding.about | some finding in rule.findings} == {"products"} with input as testing.but({"inputs": [object.union(testing.table, {"ledger_index": null})]})
}

test_a_negative_version_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [object.union(testing.table, {"version": -1})]})
	not rule.admit with input as testing.but({"inputs": [object.union(testing.table, {"version": -1})]})
	{finding.about | some finding in rule.findings} == {"products"} with input as testing.but({"inputs": [object.union(testing.table, {"version": -1})]})
}

test_another_kind_is_refused if {
	rule.applies == true with input as testing.but({"inputs": [object.union(testing.table, {"kind": "memory"})]})
	not rule.admit with input as testing.but({"inputs": [object.union(testing.table, {"kind": "memory"})]})
	{finding.about | some finding in rule.findings} == {"products"} with input as testing.but({"inputs": [object.union(testing.table, {"kind": "memory"})]})
}

test_no_input_is_refused if {
	rule.applies == true with input as testing.but({"inputs": []})
	not rule.admit with input as testing.but({"inputs": []})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"inputs": []})
}

digest := concat("", ["0" | some _ in numbers.range(1, 64)])

file(sha256) := {"name": "feed.csv", "kind": "file", "version": null, "digest": sha256, "ledger_index": null}

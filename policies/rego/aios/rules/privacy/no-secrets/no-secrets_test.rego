package aios.tests.privacy["no-secrets"]

import data.aios.rules.privacy["no-secrets"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_one_value_in_the_clear_refuses if {
	rule.applies == true with input as testing.but_colour({"secrets": 1})
	not rule.admit with input as testing.but_colour({"secrets": 1})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"secrets": 1})
}

test_no_tag_excuses_a_value_in_the_clear if {
	not rule.admit with input as testing.but_colour({"secrets": 7, "tags": ["sealed"]})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"secrets": 7, "tags": ["sealed"]})
}

test_a_sealed_column_of_ciphertext_is_admitted if {
	rule.admit with input as testing.but_colour({"secrets": 0, "tags": ["sealed"]})
	count(rule.findings) == 0 with input as testing.but_colour({"secrets": 0, "tags": ["sealed"]})
}

test_a_table_of_no_columns_is_refused if {
	rule.applies == true with input as testing.but({"columns": []})
	not rule.admit with input as testing.but({"columns": []})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"columns": []})
}

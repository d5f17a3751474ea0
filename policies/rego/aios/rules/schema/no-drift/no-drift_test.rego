package aios.tests.schema["no-drift"]

import data.aios.rules.schema["no-drift"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_missing_column_is_refused if {
	rule.applies == true with input as testing.but({"columns": testing.plain})
	not rule.admit with input as testing.but({"columns": testing.plain})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"columns": testing.plain})
}

test_another_type_is_refused if {
	rule.applies == true with input as testing.but_colour({"type": "Int64"})
	not rule.admit with input as testing.but_colour({"type": "Int64"})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but_colour({"type": "Int64"})
}

test_another_order_is_refused if {
	rule.applies == true with input as testing.but({"columns": array.reverse(testing.columns)})
	not rule.admit with input as testing.but({"columns": array.reverse(testing.columns)})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"columns": array.reverse(testing.columns)})
}

test_no_declared_column_is_refused if {
	rule.applies == true with input as testing.but({"declared": [], "columns": [], "parent": null})
	not rule.admit with input as testing.but({"declared": [], "columns": [], "parent": null})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"declared": [], "columns": [], "parent": null})
}

test_another_shape_under_the_same_version_is_refused if {
	rule.applies == true with input as testing.but({"parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
	not rule.admit with input as testing.but({"parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
}

test_another_shape_under_a_higher_version_is_admitted if {
	rule.applies == true with input as testing.but({"contract_version": 2, "parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
	rule.admit with input as testing.but({"contract_version": 2, "parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
	count(rule.findings) == 0 with input as testing.but({"contract_version": 2, "parent": object.union(testing.parent, {"columns": [["product", "String"]]})})
}

test_a_lower_version_is_refused if {
	rule.applies == true with input as testing.but({"contract_version": 0})
	not rule.admit with input as testing.but({"contract_version": 0})
	{finding.about | some finding in rule.findings} == {"colours"} with input as testing.but({"contract_version": 0})
}

test_a_first_version_is_admitted if {
	rule.applies == true with input as testing.but({"parent": null})
	rule.admit with input as testing.but({"parent": null})
	count(rule.findings) == 0 with input as testing.but({"parent": null})
}

back_to(version, by) := testing.but({
	"contract_version": 0,
	"migration": object.union(testing.migration, {"returns": version, "by": by}),
})

test_a_person_may_go_back_to_an_earlier_version if {
	rule.admit with input as back_to(1, "ann")
	count(rule.findings) == 0 with input as back_to(1, "ann")
}

test_nobody_else_may if {
	not rule.admit with input as back_to(1, "")
	count(rule.findings) == 1 with input as back_to(1, "")
}

test_what_was_not_before_is_nothing_to_go_back_to if {
	not rule.admit with input as back_to(2, "ann")
	count(rule.findings) == 1 with input as back_to(2, "ann")
}

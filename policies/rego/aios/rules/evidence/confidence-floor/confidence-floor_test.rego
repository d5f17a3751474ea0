package aios.tests.evidence["confidence-floor"]

import data.aios.rules.evidence["confidence-floor"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_a_table_with_a_low_answer_is_refused if {
	rule.applies == true with input as testing.but_colour({"lowest_confidence": -0.1})
	not rule.admit with input as testing.but_colour({"lowest_confidence": -0.1})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"lowest_confidence": -0.1})
}

test_a_table_with_an_unmeasured_answer_is_refused if {
	rule.applies == true with input as testing.but_colour({"lowest_confidence": null})
	not rule.admit with input as testing.but_colour({"lowest_confidence": null})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"lowest_confidence": null})
}

test_more_than_certain_is_refused if {
	rule.applies == true with input as testing.but_colour({"lowest_confidence": 1.1})
	not rule.admit with input as testing.but_colour({"lowest_confidence": 1.1})
	{finding.about | some finding in rule.findings} == {"colour"} with input as testing.but_colour({"lowest_confidence": 1.1})
}

test_a_column_without_any_answer_beside_one_with_is_admitted if {
	rule.applies == true with input as testing.but({"columns": [object.union(testing.answered, {"name": "size", "nulls": 1000, "lowest_confidence": null}), testing.answered]})
	rule.admit with input as testing.but({"columns": [object.union(testing.answered, {"name": "size", "nulls": 1000, "lowest_confidence": null}), testing.answered]})
	count(rule.findings) == 0 with input as testing.but({"columns": [object.union(testing.answered, {"name": "size", "nulls": 1000, "lowest_confidence": null}), testing.answered]})
}

test_a_table_without_answers_is_not_asked if {
	rule.applies == false with input as testing.but({"columns": testing.plain})
	count(rule.findings) == 0 with input as testing.but({"columns": testing.plain})
}

test_rows_are_refused_under_their_floor if {
	asked := {
		"answer.given": [true, true, true, true, true, true, true, false, false, false],
		"answer.by": ["model:a", "model:a", "rule:b", "oracle", "oracle", null, "source:c", null, "model:a", "rule:unreadable"],
		"answer.confidence": [0.7, 0.69, null, 0.94, 0.95, 0.99, 0, null, 0.1, null],
	}
	rule.refused == [1, 2, 3, 5, 8] with input as {"profile": "run", "columns": asked}
}

test_what_is_no_confidence_is_refused if {
	every nothing in [null, "0.9", true, 1.01, [], {}] {
		rule.refused == [0] with input as {"profile": "run", "columns": {
			"answer.given": [true],
			"answer.by": ["model:a"],
			"answer.confidence": [nothing],
		}}
	}
}

package aios.main_test

import data.aios.main
import data.aios.testing

test_every_rule_admits_the_good_candidate if {
	verdict := main.verdict with input as testing.candidate
	count(verdict.rules) == count(main.rules)
	every _, answer in verdict.rules {
		answer.applies
		answer.admit
		count(answer.findings) == 0
	}
}

test_every_rule_refuses_what_has_another_shape if {
	every changed in [
		{"rows": "1000"},
		{"rows": -1},
		{"rows": 1.5},
		{"profile": "lenient"},
		{"parent": []},
		{"columns": {}},
		{"columns": [{}]},
		{"tags": [1]},
		{"declared": [["product"]]},
		{"models": [testing.candidate]},
	] {
		refused_by_all(testing.but(changed))
	}
}

test_every_rule_refuses_a_candidate_without_one_of_its_facts if {
	every name, _ in testing.candidate {
		refused_by_all(object.remove(testing.candidate, [name]))
	}
}

test_every_rule_refuses_nothing_at_all if {
	every nothing in [null, [], {}, "", true] {
		refused_by_all(nothing)
	}
}

refused_by_all(candidate) if {
	verdict := main.verdict with input as candidate
	count(verdict.rules) == count(main.rules)
	every _, answer in verdict.rules {
		answer.applies
		not answer.admit
		count(answer.findings) > 0
	}
}

test_only_the_rule_that_is_broken_refuses if {
	verdict := main.verdict with input as testing.but_colour({"personal": 1})
	{name | some name, answer in verdict.rules; not answer.admit} == {"privacy/no-raw-pii"}
	{finding.rule | some finding in verdict.rules["privacy/no-raw-pii"].findings} == {"privacy/no-raw-pii"}
}

test_what_does_not_apply_says_why if {
	verdict := main.verdict with input as testing.but({"models": [], "parent": null, "columns": testing.plain})
	every name in ["model/registered-and-carded", "quality/volume-shift", "evidence/confidence-floor"] {
		verdict.rules[name].applies == false
		verdict.rules[name].admit == false
		verdict.rules[name].because != ""
	}
}

test_every_rule_tells_what_it_applies_to if {
	every rule in main.rules {
		rule.title != ""
		rule.applies_to != ""
		rule.kind in {"row", "table"}
	}
}

test_rows_are_judged_only_with_all_their_facts if {
	asked := {"profile": "run", "rules": ["evidence/confidence-floor"], "count": 1, "columns": {
		"answer.given": [true],
		"answer.by": ["model:a"],
		"answer.confidence": [0.9],
	}}
	answered := main.rows with input as asked
	answered.judged == 1
	answered.rules["evidence/confidence-floor"].refused == []
	fewer := main.rows with input as object.union(asked, {"count": 2})
	fewer.rules == {}
	without := main.rows with input as object.remove(asked, ["columns"])
	without.rules == {}
	unlevelled := {true | main.rows with input as object.union(asked, {"profile": "lenient"})}
	count(unlevelled) == 0
	unknown := main.rows with input as object.union(asked, {"rules": ["evidence/other"]})
	unknown.rules == {}
}

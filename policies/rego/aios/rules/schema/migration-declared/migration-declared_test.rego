package aios.tests.schema["migration-declared"]

import data.aios.rules.schema["migration-declared"] as rule
import data.aios.testing

promised := testing.promised

coloured := testing.coloured

hued := object.union(coloured, {"name": "hue"})

step(kind, column, was) := {"kind": kind, "column": column, "was": was}

after(columns, steps) := testing.migrating({"after": columns, "steps": steps})

refused(candidate, abouts) if {
	rule.applies == true with input as candidate
	not rule.admit with input as candidate
	{finding.about | some finding in rule.findings} == abouts with input as candidate
}

admitted(candidate) if {
	rule.applies == true with input as candidate
	rule.admit with input as candidate
	count(rule.findings) == 0 with input as candidate
}

same := testing.but({"contract": testing.parent.contract, "migration": null})

test_a_good_candidate_is_admitted if admitted(testing.candidate)

test_the_same_contract_is_not_asked if {
	rule.applies == false with input as same
	count(rule.findings) == 0 with input as same
}

test_a_first_version_is_not_asked if {
	rule.applies == false with input as testing.but({"parent": null, "migration": null})
	count(rule.findings) == 0 with input as testing.but({"parent": null, "migration": null})
}

test_another_contract_of_the_same_shape_is_admitted if admitted(testing.migrating({}))

test_it_needs_nobody if admitted(testing.migrating({"by": ""}))

test_another_contract_that_says_nothing_of_the_old_one_is_refused if {
	refused(testing.but({"migration": null}), {"colours"})
}

test_a_column_that_is_gone_without_a_word_is_refused if refused(after([promised], []), {"colour"})

test_a_dropped_one_is_admitted if admitted(after([promised], [step("dropped", "colour", "colour")]))

test_a_renamed_one_is_admitted if admitted(after([promised, hued], [step("renamed", "hue", "colour")]))

test_a_new_one_that_may_be_null_is_admitted if admitted(after([promised, coloured, hued], []))

test_a_new_one_that_is_never_null_is_refused if {
	refused(after([promised, coloured, object.union(hued, {"nullable": false})], []), {"hue"})
}

test_an_added_one_is_admitted if {
	admitted(after([promised, coloured, object.union(hued, {"nullable": false})], [step("added", "hue", "hue")]))
}

test_another_type_is_refused if refused(after([promised, object.union(coloured, {"type": "Int64"})], []), {"colour"})

test_a_retyped_one_is_admitted if {
	admitted(after([promised, object.union(coloured, {"type": "Int64"})], [step("retyped", "colour", "colour")]))
}

test_a_lost_protection_is_refused if refused(after([promised, object.union(coloured, {"tags": []})], []), {"colour"})

test_a_protection_lost_on_the_way_to_another_name_is_refused if {
	refused(after([promised, object.union(hued, {"tags": []})], [step("renamed", "hue", "colour")]), {"hue"})
}

test_an_exposed_one_is_admitted if {
	admitted(after([promised, object.union(coloured, {"tags": []})], [step("exposed", "colour", "colour")]))
}

test_another_key_is_refused if {
	refused(after([promised, object.union(coloured, {"key": true})], []), {"colours"})
}

test_a_declared_key_is_admitted if {
	admitted(after([promised, object.union(coloured, {"key": true})], [step("rekeyed", "", "")]))
}

test_a_renamed_key_is_the_same_key if {
	admitted(after([object.union(promised, {"name": "id"}), coloured], [step("renamed", "id", "product")]))
}

test_each_step_that_did_not_happen_is_refused if {
	every kind in ["renamed", "added", "dropped", "retyped", "exposed", "rekeyed", "melted"] {
		refused(after([promised, coloured], [step(kind, "hue", "hue")]), {"hue"})
	}
}

test_steps_that_nobody_applied_are_refused if {
	refused(
		testing.migrating({"after": [promised], "steps": [step("dropped", "colour", "colour")], "by": ""}),
		{"colours"},
	)
}

test_a_loss_is_refused_until_it_is_accepted if {
	loss := {"column": "colour", "rows": 2, "what": "its column is taken out"}
	refused(testing.migrating({"losses": [loss]}), {"colour"})
	admitted(testing.migrating({"losses": [loss], "accepts_loss": true}))
	admitted(testing.migrating({"losses": [object.union(loss, {"rows": 0})]}))
}

test_other_values_than_the_stage_computes_are_refused if {
	refused(testing.migrating({"differing": 1}), {"colours"})
}

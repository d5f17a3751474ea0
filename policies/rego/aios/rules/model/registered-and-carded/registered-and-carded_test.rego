package aios.tests.model["registered-and-carded"]

import data.aios.rules.model["registered-and-carded"] as rule
import data.aios.testing

test_a_good_candidate_is_admitted if {
	rule.applies == true with input as testing.candidate
	rule.admit with input as testing.candidate
	count(rule.findings) == 0 with input as testing.candidate
}

test_another_digest_than_the_registered_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"registered_digest": "ff"})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"registered_digest": "ff"})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"registered_digest": "ff"})]})
}

test_an_unregistered_model_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"registered_digest": null})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"registered_digest": null})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"registered_digest": null})]})
}

test_a_retired_model_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"standing": "retired"})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"standing": "retired"})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"standing": "retired"})]})
}

test_a_model_without_standing_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"standing": null})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"standing": null})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"standing": null})]})
}

test_a_canary_may_not_answer_in_run if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"standing": "canary"})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"standing": "canary"})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"standing": "canary"})]})
}

test_a_canary_may_answer_in_scale if {
	rule.applies == true with input as testing.but({"profile": "scale", "models": [object.union(testing.model, {"standing": "canary"})]})
	rule.admit with input as testing.but({"profile": "scale", "models": [object.union(testing.model, {"standing": "canary"})]})
	count(rule.findings) == 0 with input as testing.but({"profile": "scale", "models": [object.union(testing.model, {"standing": "canary"})]})
}

test_a_blank_card_field_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": " "}})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": " "}})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": " "}})]})
}

test_an_empty_card_field_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": []}})]})
	not rule.admit with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": []}})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(testing.model, {"card": {"limits": []}})]})
}

test_a_missing_card_field_is_refused if {
	rule.applies == true with input as testing.but({"models": [object.union(object.remove(testing.model, ["card"]), {"card": object.remove(testing.model.card, ["owner"])})]})
	not rule.admit with input as testing.but({"models": [object.union(object.remove(testing.model, ["card"]), {"card": object.remove(testing.model.card, ["owner"])})]})
	{finding.about | some finding in rule.findings} == {"palette"} with input as testing.but({"models": [object.union(object.remove(testing.model, ["card"]), {"card": object.remove(testing.model.card, ["owner"])})]})
}

test_one_bad_model_among_good_ones_is_refused if {
	rule.applies == true with input as testing.but({"models": [testing.model, object.union(testing.model, {"name": "other", "standing": null})]})
	not rule.admit with input as testing.but({"models": [testing.model, object.union(testing.model, {"name": "other", "standing": null})]})
	{finding.about | some finding in rule.findings} == {"other"} with input as testing.but({"models": [testing.model, object.union(testing.model, {"name": "other", "standing": null})]})
}

test_no_model_is_not_applicable if {
	rule.applies == false with input as testing.but({"models": []})
	count(rule.findings) == 0 with input as testing.but({"models": []})
}

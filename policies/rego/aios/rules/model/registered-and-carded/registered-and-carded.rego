# METADATA
# title: Every model is registered and has its card
# description: What answered is byte for byte what is registered, stands where the profile asks, and its card is filled in.
# custom:
#   kind: table
#   applies_to: every table for which a model was asked
package aios.rules.model["registered-and-carded"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

applies := count(input.models) > 0

because := $"{count(input.models)} models answered" if applies == true

because := "no model was asked" if applies == false

admit if {
	count(level.standings) > 0
	every model in input.models {
		registered(model)
		model.standing in level.standings
		every field in level.card {
			says(model.card, field)
		}
	}
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"model {model.name} {model.version} answered with digest {model.digest}, registered is {told(model.registered_digest)}",
	"do": "register exactly the model that answers, or put the registered one back in its place",
	"about": model.name,
}) if {
	some model in input.models
	not registered(model)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": concat("", [
		$"model {model.name} {model.version} stands as {told(model.standing)}, and profile {input.profile} ",
		$"lets only {concat(", ", level.standings)} answer",
	]),
	"do": "promote the model in the registry after its evaluation, or run under the profile it may answer in",
	"about": model.name,
}) if {
	some model in input.models
	not model.standing in level.standings
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"the card of model {model.name} {model.version} says nothing under {concat(", ", empty)}",
	"do": "fill these fields in the model's card and register it again",
	"about": model.name,
}) if {
	some model in input.models
	empty := [field | some field in level.card; not says(model.card, field)]
	count(empty) > 0
}

# The field is looked up inside the function: an undefined argument would make even `not says(…)` undefined.
says(card, field) if filled(card[field])

registered(model) if {
	model.digest != ""
	model.registered_digest == model.digest
}

filled(value) if {
	is_string(value)
	trim_space(value) != ""
}

filled(value) if is_number(value)

filled(value) if is_boolean(value)

filled(value) if {
	is_array(value)
	count(value) > 0
}

filled(value) if {
	is_object(value)
	count(value) > 0
}

told(value) := value if {
	is_string(value)
} else := "nothing"

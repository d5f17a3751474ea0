# METADATA
# title: Dispatch
# description: >-
#   Asks every rule under data.aios.rules, each by its folder, so a new rule registers nowhere. Only what a rule literally
#   admits is admitted; what is undefined anywhere is refused.
package aios.main

import data.aios.result
import data.aios.shape

# METADATA
# title: Every rule's answer about one candidate
# entrypoint: true
verdict := {"rules": {name: judged(name, rule) |
	some category, title
	rule := data.aios.rules[category][title]
	name := concat("/", [category, title])
}}

# METADATA
# title: Every rule, with what the host must know to ask it
# entrypoint: true
rules := [described |
	some category, title
	about := data.aios.rules[category][title].about
	described := object.union(about, {"rule": concat("/", [category, title])})
]

# METADATA
# title: The answers of row rules that need the same facts, about columns of distinct facts
# description: >-
#   A rule that is not asked with exactly its facts, once for each of count rows, is missing in the answer, and so refused
#   by the host. Rules are asked together because reading the columns costs more than judging them.
# entrypoint: true
# schemas:
#   - input: {type: object}
rows := {"judged": input.count, "rules": {name: answer |
	some name in input.rules
	[category, title] := split(name, "/")
	complete(data.aios.rules[category][title].about.facts)
	answer := {
		"refused": data.aios.rules[category][title].refused,
		"why": data.aios.rules[category][title].why,
		"do": data.aios.rules[category][title].do,
	}
}} if {
	data.aios.levels[input.profile]
}

# METADATA
# schemas:
#   - input: {type: object}
complete(facts) if {
	input.count > 0
	count(facts) > 0
	every fact in facts {
		is_array(input.columns[fact])
		count(input.columns[fact]) == input.count
	}
}

judged(_, rule) := {"applies": true, "admit": true, "because": rule.because, "findings": []} if {
	count(shape.faults) == 0
	rule.applies == true
	rule.admit == true
	count(rule.findings) == 0
} else := {"applies": false, "admit": false, "because": rule.because, "findings": []} if {
	count(shape.faults) == 0
	rule.applies == false
	count(rule.findings) == 0
} else := {"applies": true, "admit": false, "because": rule.because, "findings": rule.findings} if {
	count(shape.faults) == 0
	rule.applies == true
	count(rule.findings) > 0
}

judged(name, _) := {
	"applies": true,
	"admit": false,
	"because": "a rule can only judge facts of the agreed shape",
	"findings": [result.about_rule(name, {
		"why": $"the candidate's facts do not have the agreed shape: {concat(", ", shape.faults)}",
		"do": "compare them with policies/rego/aios/schema/candidate.json; what measures them is at fault, not the data",
		"about": "candidate",
	})],
} if {
	count(shape.faults) > 0
}

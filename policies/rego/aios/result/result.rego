# METADATA
# title: What a rule says
# description: Every finding, description and level is made here; which rule it is about is read off the rule's path.
package aios.result

# METADATA
# title: A finding of the rule that asks
finding(chain, said) := about_rule(name(chain), said)

# METADATA
# title: A finding of the rule of this name
about_rule(rule, said) := {"rule": rule, "why": said.why, "do": said.do, "about": said.about}

# METADATA
# title: What a rule is, as its METADATA tells it
about(chain) := {
	"title": package_of(chain).title,
	"applies_to": package_of(chain).custom.applies_to,
	"kind": package_of(chain).custom.kind,
	"facts": object.get(package_of(chain).custom, "facts", []),
}

# METADATA
# title: The levels of the rule that asks, in the profile that the input names
# schemas:
#   - input: {type: object}
levels(chain) := data.aios.levels[input.profile][name(chain)]

# METADATA
# title: Category and title of the rule that asks
name(chain) := concat("/", array.slice(chain[0].path, 2, 4))

# METADATA
# title: A share as a percentage with one decimal
percent(share) := round(share * 1000) / 10

package_of(chain) := link.annotations if {
	some link in chain
	link.annotations.scope == "package"
}

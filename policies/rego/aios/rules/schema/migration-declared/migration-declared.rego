# METADATA
# title: A contract changes by declared steps, applied by a named person
# description: >-
#   Every difference between the contract that the table is published under and the one it would be under is declared, and
#   nothing else is. A column that may be null may come without a word. A tag that protects goes only by a step of its own.
# custom:
#   kind: table
#   applies_to: every table whose contract differs from the one it is published under
package aios.rules.schema["migration-declared"]

import data.aios.result

level := result.levels(rego.metadata.chain())

about := result.about(rego.metadata.chain())

applies := input.parent.contract != input.contract if {
	not input.parent == null
} else := false

because := $"the contract changed by {count(input.migration.steps)} declared steps, applied by {input.migration.by}" if {
	count(input.migration.steps) > 0
} else := "the contract changed in nothing that has to be declared" if {
	applies == true
} else := "the contract is the one that the table is published under"

admit if {
	applies == true
	every column in input.migration.before {
		accounted_for(column)
	}
	every column in input.migration.after {
		explained(column)
		typed(column)
		covered(column)
	}
	keyed
	every step in input.migration.steps {
		happened(step)
		input.migration.by != ""
	}
	every loss in input.migration.losses {
		borne(loss)
	}
	input.migration.differing == 0
}

findings contains result.finding(rego.metadata.chain(), {
	"why": "what the contract promised before is not told",
	"do": "publish the table by `aios run` or `aios contract apply`: both tell it",
	"about": input.table,
}) if {
	applies == true
	input.migration == null
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"column {column.name} is gone, and no step says what became of it",
	"do": $"declare Renamed(\"{column.name}\", …) or Dropped(\"{column.name}\") in the contract's migrations, for version {input.contract_version}; or keep it",
	"about": column.name,
}) if {
	applies == true
	some column in input.migration.before
	not accounted_for(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"column {column.name} is new and never null, and no step says what the rows hold that are there",
	"do": $"declare Added(\"{column.name}\", default=…), Added(\"{column.name}\") to have every row computed, or Renamed(…, \"{column.name}\")",
	"about": column.name,
}) if {
	applies == true
	some column in input.migration.after
	not explained(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"column {column.name} is {column.type} now, and was {before(column).type}",
	"do": $"declare Retyped(\"{column.name}\") in the contract's migrations, for version {input.contract_version}; or keep its type",
	"about": column.name,
}) if {
	applies == true
	some column in input.migration.after
	not typed(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"column {column.name} loses a tag that protects it: {concat(", ", bared(column))}",
	"do": $"keep the tag; or, if more people may see what it holds, declare Exposed(\"{column.name}\")",
	"about": column.name,
}) if {
	applies == true
	some column in input.migration.after
	not covered(column)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"the key is {concat(", ", sort(keys_now))} now, and was {concat(", ", sort(keys_before))}",
	"do": "declare Rekeyed() in the contract's migrations; or keep the key",
	"about": input.table,
}) if {
	applies == true
	not input.migration == null
	not keyed
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"the step {step.kind}({step.column}) is declared and did not happen",
	"do": "take it out of the contract's migrations, or change the contract as it says",
	"about": step.column,
}) if {
	applies == true
	some step in input.migration.steps
	not happened(step)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{count(input.migration.steps)} declared steps lead to the contract in code, and nobody has applied them",
	"do": $"look at them with `aios contract plan {input.stage}`, then `aios contract apply {input.stage} --why TEXT --by NAME`",
	"about": input.table,
}) if {
	applies == true
	count(input.migration.steps) > 0
	input.migration.by == ""
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"{loss.rows} rows would lose {loss.column}: {loss.what}",
	"do": "copy those values elsewhere first; or take the loss with --accept-loss",
	"about": loss.column,
}) if {
	applies == true
	some loss in input.migration.losses
	not borne(loss)
}

findings contains result.finding(rego.metadata.chain(), {
	"why": $"of {input.migration.checked} rows that were computed again {input.migration.differing} hold other values than those carried over",
	"do": "declare Recomputed() in the contract's migrations, so that every row is computed anew",
	"about": input.table,
}) if {
	applies == true
	input.migration.differing > 0
}

steps(kind) := [step | some step in input.migration.steps; step.kind == kind]

called(step, column) if step.column == column

accounted_for(column) if {
	some step in array.concat(steps("renamed"), steps("dropped"))
	step.was == column.name
}

accounted_for(column) if {
	some other in input.migration.after
	before(other).name == column.name
}

# The column as it was before, whatever it was called; undefined for one that is new.
before(column) := was if {
	some step in steps("renamed")
	called(step, column.name)
	some was in input.migration.before
	was.name == step.was
} else := was if {
	not made_new(column)
	some was in input.migration.before
	was.name == column.name
}

made_new(column) if {
	some step in steps("added")
	called(step, column.name)
}

made_new(column) if {
	some step in array.concat(steps("renamed"), steps("dropped"))
	step.was == column.name
}

explained(column) if before(column)

explained(column) if {
	some step in steps("added")
	called(step, column.name)
}

explained(column) if {
	column.nullable == true
	column.key == false
}

typed(column) if not before(column)

typed(column) if before(column).type == column.type

typed(column) if {
	some step in steps("retyped")
	called(step, column.name)
}

bared(column) := [tag | some tag in before(column).tags; tag in level.protective; not tag in column.tags]

covered(column) if not before(column)

covered(column) if count(bared(column)) == 0

covered(column) if {
	some step in steps("exposed")
	called(step, column.name)
}

keys_now := {column.name | some column in input.migration.after; column.key == true}

keys_before := {name_now(column) | some column in input.migration.before; column.key == true}

name_now(column) := step.column if {
	some step in steps("renamed")
	step.was == column.name
} else := column.name

same_key if keys_now == keys_before

keyed if same_key

keyed if count(steps("rekeyed")) > 0

now(step) := column if {
	some column in input.migration.after
	called(step, column.name)
}

happened(step) if {
	step.kind == "renamed"
	before(now(step)).name == step.was
}

happened(step) if {
	step.kind == "added"
	now(step)
	not before(now(step))
}

happened(step) if {
	step.kind == "dropped"
	some column in input.migration.before
	column.name == step.was
}

happened(step) if {
	step.kind == "retyped"
	before(now(step)).type != now(step).type
}

happened(step) if {
	step.kind == "exposed"
	count(bared(now(step))) > 0
}

happened(step) if {
	step.kind == "rekeyed"
	not same_key
}

happened(step) if step.kind == "recomputed"

borne(loss) if loss.rows == 0

borne(_) if input.migration.accepts_loss == true

# METADATA
# title: The shape of a candidate
# description: >-
#   Built-ins are undefined over wrong types, and a rule that is undefined must not admit. So the shape comes first: each
#   fact is there and of its kind, as schema/candidate.json says. A kind that ends in ? may be null.
package aios.shape

candidate := {
	"table": "text",
	"stage": "text",
	"profile": "text",
	"tags": "texts",
	"key": "texts",
	"contract": "text",
	"contract_version": "count",
	"draft": "text",
	"declared": "pairs",
	"columns": "list",
	"rows": "count",
	"considered": "count",
	"quarantined": "count",
	"measured": "count",
	"fingerprints": "count",
	"inputs": "list",
	"models": "list",
	"expected": "count",
	"expectations": "list",
	"cost": "text",
	"parent": "object?",
	"deliveries": "list",
	"drifts": "list",
	"migration": "object?",
}

lists := {
	"columns": {
		"name": "text",
		"type": "text",
		"tags": "texts",
		"nulls": "count",
		"personal": "count",
		"secrets": "count",
		"answered": "truth",
		"unsigned": "count?",
		"lowest_confidence": "number?",
	},
	"inputs": {
		"name": "text",
		"kind": "text",
		"version": "integer?",
		"digest": "string?",
		"ledger_index": "integer?",
	},
	"models": {
		"task": "text",
		"name": "text",
		"version": "text",
		"digest": "text",
		"registered_digest": "string?",
		"standing": "string?",
		"card": "object",
		"answers": "count",
	},
	"expectations": {
		"type": "text",
		"columns": "texts",
		"success": "truth?",
		"observed": "string",
	},
	"deliveries": {
		"supplier": "text",
		"digest": "text",
		"against": "string?",
		"records": "count",
	},
	"drifts": {
		"supplier": "text",
		"delivery": "text",
		"kind": "text",
		"column": "string",
		"size": "number",
		"read": "truth",
		"lost": "truth",
		"records": "count",
		"what": "text",
		"why": "text",
		"do": "text",
		"accepted": "truth",
	},
}

parent := {
	"version": "count",
	"rows": "count",
	"columns": "pairs",
	"contract": "text",
	"contract_version": "count",
}

migration := {
	"before": "list",
	"after": "list",
	"steps": "list",
	"by": "string",
	"returns": "integer?",
	"losses": "list",
	"accepts_loss": "truth",
	"checked": "count",
	"differing": "count",
}

promised := {"name": "text", "type": "text", "tags": "texts", "nullable": "truth", "key": "truth"}

migrating := {
	"before": promised,
	"after": promised,
	"steps": {"kind": "text", "column": "string", "was": "string"},
	"losses": {"column": "text", "rows": "count", "what": "text"},
}

# METADATA
# title: The places where the input has another shape
faults contains "input is no object" if not is_object(input)

faults contains field if {
	some field, kind in candidate
	not fits(kind, input, field)
}

faults contains $"{list}.{field}" if {
	some list, fields in lists
	some field, kind in fields
	some item in input[list]
	not fits(kind, item, field)
}

faults contains $"parent.{field}" if {
	not input.parent == null
	some field, kind in parent
	not fits(kind, input.parent, field)
}

faults contains $"migration.{field}" if {
	not input.migration == null
	some field, kind in migration
	not fits(kind, input.migration, field)
}

faults contains $"migration.{list}.{field}" if {
	some list, fields in migrating
	some field, kind in fields
	some item in input.migration[list]
	not fits(kind, item, field)
}

faults contains "profile (no levels are set for it)" if not levelled

levelled if data.aios.levels[input.profile]

# The field is looked up inside the function: an undefined argument would make even `not fits(…)` undefined.
fits(kind, object, field) if is_a(kind, object[field])

fits(kind, object, field) if {
	endswith(kind, "?")
	object[field] == null
}

fits(kind, object, field) if {
	endswith(kind, "?")
	is_a(trim_suffix(kind, "?"), object[field])
}

is_a("text", value) if {
	is_string(value)
	value != ""
}

is_a("string", value) if is_string(value)

is_a("truth", value) if is_boolean(value)

is_a("number", value) if is_number(value)

is_a("integer", value) if {
	is_number(value)
	value == round(value)
}

is_a("count", value) if {
	is_number(value)
	value >= 0
	value == round(value)
}

is_a("object", value) if is_object(value)

is_a("list", value) if {
	is_array(value)
	every item in value {
		is_object(item)
	}
}

is_a("texts", value) if {
	is_array(value)
	every item in value {
		is_string(item)
	}
}

is_a("pairs", value) if {
	is_array(value)
	every item in value {
		is_array(item)
		count(item) == 2
		is_string(item[0])
		is_string(item[1])
	}
}

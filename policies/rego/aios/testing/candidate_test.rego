# METADATA
# title: A candidate that every rule admits
# description: Each rule's test changes one fact of it, so that what is refused is refused for that fact alone.
package aios.testing

declared := [["product", "String"], ["colour", "String"], ["_fingerprint", "Int64"]]

column := {"tags": [], "nulls": 0, "personal": 0, "secrets": 0, "answered": false, "unsigned": null, "lowest_confidence": null}

answered := object.union(column, {"name": "colour", "type": "String", "answered": true, "unsigned": 0, "lowest_confidence": 0.9})

plain := [
	object.union(column, {"name": "product", "type": "String"}),
	object.union(column, {"name": "_fingerprint", "type": "Int64"}),
]

columns := [plain[0], answered, plain[1]]

model := {
	"task": "extract/colour",
	"name": "palette",
	"version": "3",
	"digest": "ee",
	"registered_digest": "ee",
	"standing": "champion",
	"card": {
		"purpose": "reads colours",
		"owner": "catalogue",
		"licence": "Apache-2.0",
		"limits": ["English only"],
		"evaluation": {"f1": 0.9},
		"training_data": "none",
	},
	"answers": 1000,
}

expectation := {"type": "expect_column_values_to_be_unique", "columns": ["product"], "success": true, "observed": "0 repeated"}

table := {"name": "products", "kind": "table", "version": 3, "digest": null, "ledger_index": 17}

parent := {"version": 2, "rows": 990, "columns": declared, "contract": "cc", "contract_version": 1}

delivery := {"supplier": "acme", "digest": "d2", "against": "d1", "records": 1000}

drift := {
	"supplier": "acme",
	"delivery": "d2",
	"kind": "renamed",
	"column": "price",
	"size": 1,
	"read": true,
	"lost": false,
	"records": 1000,
	"what": "`price` is now `unit_price`: 98% of values equal",
	"why": "the supplier renamed the column",
	"do": "write price = \"unit_price\"",
	"accepted": false,
}

promised := {"name": "product", "type": "String", "tags": [], "nullable": false, "key": true}

coloured := {"name": "colour", "type": "String", "tags": ["personal"], "nullable": true, "key": false}

# METADATA
# title: A change of contract that changes nothing that has to be declared
migration := {
	"before": [promised, coloured],
	"after": [promised, coloured],
	"steps": [],
	"by": "ann",
	"returns": null,
	"losses": [],
	"accepts_loss": false,
	"checked": 10,
	"differing": 0,
}

candidate := {
	"table": "colours",
	"stage": "colour",
	"profile": "run",
	"tags": [],
	"key": ["product"],
	"contract": "c2",
	"contract_version": 1,
	"draft": "dd",
	"declared": declared,
	"columns": columns,
	"rows": 1000,
	"considered": 1000,
	"quarantined": 3,
	"measured": 1000,
	"fingerprints": 1000,
	"inputs": [table],
	"models": [model],
	"expected": 1,
	"expectations": [expectation],
	"cost": "0.12",
	"parent": parent,
	"deliveries": [delivery],
	"migration": migration,
	"drifts": [object.union(drift, {"kind": "appeared", "column": "colour", "what": "`colour` is new"})],
}

# METADATA
# title: The candidate with these facts in place of its own
but(changed) := object.union({name: value | some name, value in candidate; not name in object.keys(changed)}, changed)

# METADATA
# title: The candidate with its second column changed
but_colour(changed) := but({"columns": [plain[0], object.union(answered, changed), plain[1]]})

# METADATA
# title: The candidate with these facts of its change of contract in place of its own
migrating(changed) := but({"migration": object.union(
	{name: value | some name, value in migration; not name in object.keys(changed)},
	changed,
)})

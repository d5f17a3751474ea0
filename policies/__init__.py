"""Everything that says yes or no: contracts, candidates, rules, verdicts, permits. Knows no Dagster and no Delta."""

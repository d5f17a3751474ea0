"""The only folder that meets Great Expectations: suites made from contracts, run over polars."""

"""What is done with frames: pure polars, no I/O, no Dagster."""

"""How work is orchestrated: stages, the lake, feeds, and the only package that meets Dagster."""

"""Models that run in this process: one a file."""

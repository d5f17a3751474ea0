"""One governed table a file: its contract and its function."""

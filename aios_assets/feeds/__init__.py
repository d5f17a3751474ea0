"""Where deliveries come from: one kind of source a file."""

"""Where results go: one kind of channel a file."""

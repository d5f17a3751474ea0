"""A shop's own package: what it adds to the product without touching it."""

"""What happened, provably: the ledger, its proofs, and the walk that verifies a lake against it."""

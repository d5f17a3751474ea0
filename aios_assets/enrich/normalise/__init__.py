"""Normalisation: a raw value beside what it means, the rule that read it, and the reason where it could not be read."""

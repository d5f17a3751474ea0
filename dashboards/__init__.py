"""Dashboards: what ran, what was refused and why, what came, what matched. They compute nothing: every number is read."""

"""Evaluate: how well this system does against labelled data: precision and recall by kind."""

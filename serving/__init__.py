"""How a model answers: the port, the gateway in front of it, its registry, its card."""

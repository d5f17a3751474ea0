"""How a model answers: the port, the gateway before it, registry, cards. Knows no policies and no stages."""

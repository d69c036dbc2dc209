"""Journeys with a language model, well and at every fault."""

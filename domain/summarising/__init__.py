"""Choosing and labelling the sentences of a ticket: the extractive handoff. Pure functions."""

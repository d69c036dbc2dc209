"""Symptom, environment, cause and resolution out of a ticket's events. Pure functions."""

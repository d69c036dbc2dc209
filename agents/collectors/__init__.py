"""Shaping what searches and histories return into evidence."""

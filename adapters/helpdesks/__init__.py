"""Helpdesks that Tierwise writes back to."""

"""Suites with a prediction for each item, their metrics, and the benches."""

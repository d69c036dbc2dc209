"""Outbreaks: time to detect against false alarms, on a simulated desk and on real histories with planted bursts."""

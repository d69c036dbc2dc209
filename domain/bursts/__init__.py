"""Bursts: more people with one trouble in a short time than their own past explains. Pure; `watch` puts it together."""

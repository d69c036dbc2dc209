"""The SLA conformance suite: cases as data, and an oracle that walks minute by minute."""

"""eval injection: what orders hidden in tickets change, and what is flagged."""

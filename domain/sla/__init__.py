"""SLA clocks: computed from a ticket's events whenever somebody looks."""

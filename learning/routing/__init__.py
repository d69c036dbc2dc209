"""Which team a ticket belongs to, learned from where tickets like it ended up."""

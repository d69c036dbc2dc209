"""The routing suite: which team a ticket ends up with, told before anybody knows, and technicians on a known desk."""

"""What people are told: the content of notices, their words, when they may go out, and who is told next."""

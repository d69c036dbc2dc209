"""What is private in a text, how it is masked with a way back, and which parts of a ticket may go where."""

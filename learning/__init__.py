"""What is learned from closed tickets."""

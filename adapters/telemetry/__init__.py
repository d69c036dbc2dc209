"""What is counted and measured while everything runs."""

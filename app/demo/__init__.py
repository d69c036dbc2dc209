"""The demo organisation: an invented company whose year of tickets is told from the stories in policies/demo."""

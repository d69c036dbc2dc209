"""Every figure that the documentation claims, as something to run."""

"""The language model and its scripted server."""

"""Putting it together: settings, bootstrap, the durable engine, imports, the demo."""

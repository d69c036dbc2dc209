"""The HTTP face: `/v1`, health, and one table from errors to problem documents."""

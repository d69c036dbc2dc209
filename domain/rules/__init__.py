"""Expressions in a policy's conditions: CEL over a documented, typed context; checked before use, bounded in use."""

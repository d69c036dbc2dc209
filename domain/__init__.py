"""The words and the rules of Tierwise. Pure: no I/O, no clock, no framework beyond pydantic's frozen models."""

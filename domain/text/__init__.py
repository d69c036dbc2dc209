"""Reading what people write: pure functions from text to text, spans and signals."""

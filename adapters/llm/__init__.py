"""The language model: an OpenAI-compatible client behind budget, privacy, retries, breaker and cache."""

"""Search over past tickets, known problems and articles; the only Chroma and embedding models in the house."""

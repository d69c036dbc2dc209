"""The verifier: what a written sentence says is looked up in the sources it cites, or the sentence is blocked. Pure."""

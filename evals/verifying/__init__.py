"""eval verifier: what it finds of corrupted handoffs, and what it wrongly blocks of true ones."""

"""The decision log: what a decision rests on, chained by hashes, and the same decision made again."""

"""The shipped fakes: everything in memory, for tests, evaluations and replays."""

"""The five agents. Each reads a view of the state, states an opinion and returns an update; none decides."""

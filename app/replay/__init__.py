"""The time machine: a history streamed through a policy as if it were live, with nothing going out."""

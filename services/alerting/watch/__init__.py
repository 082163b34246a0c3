"""What makes silence mean something: what was read, quiet sources, the daily line, the dead man."""

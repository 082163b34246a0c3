"""An article that comes again: which version it is, what it replaces and what has changed; and what its publisher says of that."""

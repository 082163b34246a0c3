"""Finds listed names in text: normalisation, the automaton over all names, and what only looks like a name."""

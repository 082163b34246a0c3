"""Find listed names in a text: normalisation, the automaton over all names, stop names."""

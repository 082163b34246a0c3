"""From an expression as it is written to its tree, with errors that analysts understand."""

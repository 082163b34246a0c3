"""From an expression to its tree, and from mistakes to messages."""

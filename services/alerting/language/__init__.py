"""The rule language: an expression as an analyst writes it → a tree → the stretches of an article that satisfy it."""

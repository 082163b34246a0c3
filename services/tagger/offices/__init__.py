"""Find offices that stand for their holders, and say who holds an office on a day."""

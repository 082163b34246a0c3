"""What is not delivered yet, and whether every alert has its outcome."""

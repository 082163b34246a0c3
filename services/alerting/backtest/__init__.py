"""Articles and rules → the alerts and messages that they would have raised, and what came nearest to raising one. Pure."""

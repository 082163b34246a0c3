"""When to poll a feed next: its rhythm, what servers ask for, and where it has moved. Pure."""

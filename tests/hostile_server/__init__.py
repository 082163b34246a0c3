"""A web of hostile servers on loopback: a function for each behaviour, each with what must become of it."""

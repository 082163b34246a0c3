"""notifications.v1 → people: one worker per destination, a ledger that keeps deliveries exact, and the channels."""

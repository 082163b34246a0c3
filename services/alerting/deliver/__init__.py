"""notifications.v1 → people: a worker per destination, a ledger of deliveries, and the channels."""

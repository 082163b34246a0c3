"""summitwire deliveries: what waits for a destination or is parked, and posting it after all."""

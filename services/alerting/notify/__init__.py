"""alerts.v1 → notifications.v1: which destinations get a message, and when a threshold is met."""

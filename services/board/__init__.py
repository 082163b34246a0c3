"""alerts, notifications, deliveries, feeds (and counts of tagged articles and dead letters) → a live page."""

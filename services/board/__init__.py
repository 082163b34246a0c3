"""alerts, notifications, deliveries, feeds; counts of articles and dead letters → a live page."""

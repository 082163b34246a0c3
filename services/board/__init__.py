"""alerts, notifications, deliveries, feeds and counts → a live page."""

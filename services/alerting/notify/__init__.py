"""alerts.v1 → notifications.v1: whom to notify; bursts, counted for thresholds."""

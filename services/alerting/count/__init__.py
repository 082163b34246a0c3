"""alerts.v1 → dispatches.v1: count the alerts of rules with a threshold, and send each burst."""

"""Routes: which receivers an alert reaches besides its rule's own, when, and when not."""

"""Which open story an article belongs to, if any."""

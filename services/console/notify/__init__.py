"""``summitwire notify``: what messages look like, without a broker."""

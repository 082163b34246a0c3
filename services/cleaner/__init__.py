"""articles.raw → articles.clean."""

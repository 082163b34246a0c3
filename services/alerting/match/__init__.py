"""articles.tagged.v1 → alerts.v1: which rules an article fires, with excerpts."""

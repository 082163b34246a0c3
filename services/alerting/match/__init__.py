"""articles.tagged.v1 → alerts.v1: which rules an article fires, and the excerpts that show why."""

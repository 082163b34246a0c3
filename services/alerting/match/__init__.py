"""articles.tagged.v1 → alerts.v1, dispatches.v1: which rules fire, and who hears of it."""

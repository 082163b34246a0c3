"""articles.clean → articles.tagged: people, offices, countries, keywords and events."""

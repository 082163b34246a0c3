"""articles.clean → articles.tagged: find people, offices, countries, keywords and events."""

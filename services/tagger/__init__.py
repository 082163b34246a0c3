"""articles.clean → articles.tagged: who, which offices, countries and keywords an article names, and where."""

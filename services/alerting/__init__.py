"""articles.tagged → alerts → one message a story → people: match, count, deliver."""

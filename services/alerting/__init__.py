"""articles.tagged → alerts → dispatches → people: match, count, deliver."""

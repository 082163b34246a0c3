"""articles.tagged → alerts → notifications → people: match, notify, deliver."""

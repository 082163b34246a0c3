"""Find mentions of events: what happened, who did it, and to whom it was done."""

"""``summitwire routes``: check and test the file of routes, and show which way an alert takes."""

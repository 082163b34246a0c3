"""One folder, one process; each package says what it reads and what it writes."""

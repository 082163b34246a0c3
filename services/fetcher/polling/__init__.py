"""Poll feeds when they are due: the schedule, one poll, and the loop."""

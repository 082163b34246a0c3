"""Articles for one destination → the story that each belongs to, and what it says that is new."""

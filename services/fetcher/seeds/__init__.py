"""Read articles from files, for replays."""

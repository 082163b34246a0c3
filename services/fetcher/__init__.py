"""Feeds and seeds → articles.raw; feeds.v1 → itself."""

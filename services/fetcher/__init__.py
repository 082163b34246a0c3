"""Feeds and seeds → articles.raw: poll feeds, download pages."""

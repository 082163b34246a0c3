"""Compare downloaded pages, and tell articles from other pages."""

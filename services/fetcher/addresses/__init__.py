"""Bring the addresses of articles into one form."""

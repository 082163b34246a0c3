"""Alerts and what was decided about them → one card for each story."""

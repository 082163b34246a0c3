"""Exactly-once stream processing: stages, partition assignment, state stores, dead letters."""

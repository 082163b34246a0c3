"""Exactly-once stream processing: stages, partition assignments, state stores, dead letters and
back-off."""

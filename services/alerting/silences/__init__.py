"""Silences: what nobody is told for a while, because a person said so."""

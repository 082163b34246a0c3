"""Warnings about rules that are well-formed and probably not meant.

Rules that cannot fire, clauses that have no effect, rules that repeat each other, and rules that
would flood their readers.
"""

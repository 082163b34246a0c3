"""Decide which article an entry of a feed is, and what becomes of it; remember pages."""

"""The walk over a page, compiled: its tags, elements and blocks of text."""

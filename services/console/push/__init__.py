"""``summitwire push``: tokens with which publishers may post articles."""

"""Numbers in a text with what they count, compared by value."""

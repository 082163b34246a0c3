"""A plain text, line by line → its headline and body, and why each other line is dropped."""

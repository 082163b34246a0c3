"""Plain text, line by line → its headline and body, and why each other line is not part of them."""

"""Find people: full names, honorifics, and which person a surname refers to."""

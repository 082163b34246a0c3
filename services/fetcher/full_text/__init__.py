"""The text of an entry: what its feed carries of it, or one part of its page."""

"""The state of the live page, as pure functions of records."""

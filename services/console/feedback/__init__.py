"""``summitwire feedback``: what people say about messages, and what it says about rules."""

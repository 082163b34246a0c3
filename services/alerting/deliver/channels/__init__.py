"""A notification and an address → one message to people. One file a channel, one line in table.py."""

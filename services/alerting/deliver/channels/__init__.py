"""The ways to reach people. A new channel is one file, and one line in table.py."""

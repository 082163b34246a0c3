"""Slack by a bot's token: a story is a thread, and its first message shows what it has come to."""

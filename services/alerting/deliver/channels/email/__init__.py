"""The channel ``email``: one message for each notification, through an SMTP server."""

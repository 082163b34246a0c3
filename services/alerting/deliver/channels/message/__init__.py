"""What a notification says, in plain text; each channel decides what it looks like."""

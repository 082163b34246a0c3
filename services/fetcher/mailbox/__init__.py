"""A mailbox on an IMAP server: its new messages are put into the drop folder, each once."""

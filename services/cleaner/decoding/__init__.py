"""Bytes → text: inflate, then decode by the charset that the best evidence names."""

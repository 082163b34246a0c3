"""Bytes → text: decompression within bounds, and the charset."""

"""robots.txt: which of a host's pages we may request, and how fast (RFC 9309)."""

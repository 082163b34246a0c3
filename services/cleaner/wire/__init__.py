"""A wire's own formats, which say everything themselves: IPTC ninjs (JSON) and NewsML-G2 (XML)."""

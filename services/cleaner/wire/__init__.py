"""IPTC ninjs and NewsML-G2: wire items whose fields are taken as they are."""

"""IPTC ninjs, NewsML-G2 and NITF: wire items whose fields are taken as they are."""

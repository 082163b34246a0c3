"""Wire documents → entries that carry their own text: IPTC ninjs, NewsML-G2 and NITF."""

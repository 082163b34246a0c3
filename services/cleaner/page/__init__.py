"""An HTML page → its headline, date, authors, address and body, each with its provenance."""

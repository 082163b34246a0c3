"""The walk over a page: tags, then elements, then blocks of text, each one compiled pass."""

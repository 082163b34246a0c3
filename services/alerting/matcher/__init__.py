"""All rules at once: which of many thousand fire on an article. docs/matcher.md draws how it is laid out."""

"""All rules at once: which of many thousand an article fires. docs/matcher.md draws the layout."""

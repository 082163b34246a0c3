"""What a source repeats from article to article: line counts, and the boilerplate among lines."""

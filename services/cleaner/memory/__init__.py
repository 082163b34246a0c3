"""What a source repeats from article to article: line counts, boilerplate."""

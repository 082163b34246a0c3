"""The body of a page: what the block model takes for the article, and what rules know better."""

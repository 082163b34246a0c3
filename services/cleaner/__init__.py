"""articles.raw → articles.clean: extract the article from a page or a text."""

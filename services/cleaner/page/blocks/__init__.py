"""A page's text in blocks, what each block is like in numbers, and which of them are the article: compiled, without a training library."""

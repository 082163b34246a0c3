"""A page's text in blocks, the features of each block, and which of them are the article.

Everything that loops over characters, blocks or nodes is compiled. No training library is needed.
"""

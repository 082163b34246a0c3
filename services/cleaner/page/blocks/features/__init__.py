"""The features of a page's blocks, compiled: each block by itself, its position, its context."""

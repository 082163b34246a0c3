"""A watched folder: files that a wire drops → articles, each file once."""

"""An article that comes again: which version it is, what it replaces, and what has changed.

Also what its publisher says about that.
"""

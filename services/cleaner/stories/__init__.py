"""Which articles are copies of one another.

Candidates come from MinHash, their words decide, and copies are grouped into stories.
"""

"""The rule language: an analyst's expression → a tree → the spans of an article that satisfy it.

To read: ``parsing/scan`` makes tokens, ``parsing/parse`` with ``grammar`` the tree; ``shape``
refuses what the grammar lets through, and ``diagnose`` reports all mistakes at once. To write:
``format`` in one line, ``layout`` in several. The meaning: ``evaluate``, over a ``document`` whose
words ``shared.text.words`` finds.
"""

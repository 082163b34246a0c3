"""The rule language: an expression as an analyst writes it → a tree → the stretches of an article that satisfy it.

Reading: ``scan`` (tokens) → ``parse`` with ``grammar`` → ``tree``; ``shape`` refuses what the grammar lets through, ``diagnose`` tells everything
that is wrong at once. Writing: ``format`` in one line, ``layout`` in many. Meaning: ``evaluate``, over a ``document`` read by ``words``.
"""

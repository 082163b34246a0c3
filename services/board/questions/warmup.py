"""Loads what the board's child process needs, the cleaner's models included.

A child that is forked from here answers at once.
"""

from services.board.questions import clean_comparison, message_preview, rule_preview  # noqa: F401 - loaded for the children
from services.cleaner import warmup  # noqa: F401 - as above, and tried once

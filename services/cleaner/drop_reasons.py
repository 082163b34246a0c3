"""The reasons for which the cleaner drops an article."""

from enum import StrEnum


class CleanDrop(StrEnum):
    """Reasons of a ``Drop``, as logs, metrics and ``try clean`` show them."""

    EMPTY_CONTENT = "empty content"
    EMPTY_BODY = "empty body"
    NOT_AN_ARTICLE = "not an article"
    SAME_TEXT = "the same text in another frame"

"""What a new version of an article changed, in words that people can read. Pure."""

from collections.abc import Iterator
from typing import Final

from shared.messages.schemas import Change, CleanArticle, TextChange

CONTEXT: Final = 40
"""Characters before and after a change that are shown with it."""
MAX_CHARACTERS: Final = 300


def read_changes(article: CleanArticle) -> Iterator[TextChange]:
    """Yield each change of the article with some words around it, before and after the change."""
    texts = {"headline": article.headline, "deck": article.deck, "body": article.body}
    for change in article.changes:
        yield _read_change(change, texts[change.field])


def _read_change(change: Change, text: str) -> TextChange:
    left = _left_context(text, change.start)
    right = _right_context(text, change.end)
    inserted = text[change.start : change.end]
    return TextChange(
        field=change.field,
        before=_clip(f"{left}{change.removed}{right}"),
        after=_clip(f"{left}{inserted}{right}"),
    )


def _left_context(text: str, start: int) -> str:
    begin = max(0, start - CONTEXT, text.rfind("\n", 0, start) + 1)
    context = text[begin:start]
    if begin == 0 or text[begin - 1].isspace():
        return context
    word, blank, following = context.partition(" ")
    return f"…{blank}{following}" if blank else f"…{word}"


def _right_context(text: str, end: int) -> str:
    stop = text.find("\n", end)
    limit = min(len(text), end + CONTEXT)
    stop = limit if stop < 0 else min(limit, stop)
    context = text[end:stop]
    if stop == len(text) or text[stop].isspace():
        return context
    preceding, blank, _ = context.rpartition(" ")
    return f"{preceding}{blank}…" if blank else f"{context}…"


def _clip(text: str) -> str:
    clean = " ".join(text.split())
    return clean if len(clean) <= MAX_CHARACTERS else clean[: MAX_CHARACTERS - 1] + "…"

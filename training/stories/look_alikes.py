"""Invented look-alikes: an article's words about another event of its form, a day later."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.alerting.stories.reading.rarity import is_common_word
from training.stories.staged import StagedArticle

_LATER: Final = timedelta(days=1)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_WEEK: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_WEEKDAYS: Final = _WEEK.split()


def look_alike(staged: StagedArticle) -> StagedArticle:
    """Return the article with other names, figures and days; actors and countries stay."""
    article = staged.article
    kept = [(tag.start, tag.end) for tag in article.tags if tag.field == "body"]
    in_headline = [(tag.start, tag.end) for tag in article.tags if tag.field == "headline"]
    other = replace(
        article,
        article_id=f"{article.article_id}-other",
        published_at=article.published_at + _LATER,
        headline=_change(article.headline, in_headline),
        body=_change(article.body, kept),
    )
    return replace(staged, article=other, story=f"{staged.story}-other")


def _change(text: str, kept: list[tuple[int, int]]) -> str:
    """Return the text with words of the same length in the place of names and figures."""
    return "".join(_parts(text, kept))


def _parts(text: str, kept: list[tuple[int, int]]) -> Iterator[str]:
    end = 0
    for match in _WORD.finditer(text):
        yield text[end : match.start()]
        is_kept = any(start <= match.start() < stop for start, stop in kept)
        yield match[0] if is_kept else _other_word(match[0])
        end = match.end()
    yield text[end:]


def _other_word(word: str) -> str:
    """Return another name, figure or weekday; of a weekday the length may change."""
    if word[0].isdigit():
        return "".join(str((int(c) + 3) % 10 or 4) if c.isdigit() else c for c in word)
    if word in _WEEKDAYS:
        return _WEEKDAYS[(_WEEKDAYS.index(word) + _LATER.days) % 7]
    if word[0].isupper() and not is_common_word(word.casefold()) and len(word) > 1:
        return word[0] + word[:0:-1]
    return word

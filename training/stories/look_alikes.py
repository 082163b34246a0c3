"""Invented look-alikes: an article's words about another event of its form, a day later."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from services.alerting.stories.article import ArticleTag
from services.alerting.stories.reading.rarity import is_common_word
from shared.text.words import find_sentences
from training.stories.staged import StagedArticle

_LATER: Final = timedelta(days=1)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
_WEEK: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_WEEKDAYS: Final = _WEEK.split()


def look_alike(staged: StagedArticle) -> StagedArticle:
    """Return the article with other names, figures and days; actors and countries stay."""
    article = staged.article
    texts = {"headline": article.headline, "body": article.body}
    other, tags = dict[str, str](), list[ArticleTag]()
    for field, text in texts.items():
        in_field = [tag for tag in article.tags if tag.field == field]
        parts = list(_parts(text, [(tag.start, tag.end) for tag in in_field]))
        other[field] = "".join(part for _, part in parts)
        starts = _new_starts(parts)
        tags += [_move(tag, starts) for tag in in_field if tag.start in starts]
    sentences = tuple(find_sentences(other["body"]))
    changed = replace(
        article,
        article_id=f"{article.article_id}-other",
        published_at=article.published_at + _LATER,
        headline=other["headline"],
        body=other["body"],
        sentences=sentences,
        tags=tuple(tags),
    )
    return replace(staged, article=changed, story=f"{staged.story}-other")


def _move(tag: ArticleTag, starts: dict[int, int]) -> ArticleTag:
    start = starts[tag.start]
    return replace(tag, start=start, end=start + tag.end - tag.start)


def _new_starts(parts: list[tuple[int, str]]) -> dict[int, int]:
    """Return where each word stands now, by where it stood."""
    starts, length = dict[int, int](), 0
    for start, part in parts:
        starts[start] = length
        length += len(part)
    return starts


def _parts(text: str, tagged: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Yield words and what is between them, with where they stood; tagged ones stay."""
    end = 0
    for match in _WORD.finditer(text):
        yield end, text[end : match.start()]
        stays = any(start <= match.start() < stop for start, stop in tagged)
        yield match.start(), match[0] if stays else _other_word(match[0])
        end = match.end()
    yield end, text[end:]


def _other_word(word: str) -> str:
    """Return another name, figure or weekday; of a weekday the length may change."""
    if word[0].isdigit():
        return "".join(str((int(c) + 3) % 10 or 4) if c.isdigit() else c for c in word)
    if word in _WEEKDAYS:
        return _WEEKDAYS[(_WEEKDAYS.index(word) + _LATER.days) % 7]
    if word[0].isupper() and not is_common_word(word.casefold()) and len(word) > 1:
        return word[0] + word[:0:-1]
    return word

"""An article's original as the lines that a reader of it would see, each with what became of it: for showing it beside the article.

A plain text's lines are its own; those of a page are its blocks of text. A wire's formats name their fields, and are shown as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat
from services.cleaner.lines.line_types import numbered
from services.cleaner.lines.wrapping import stretches
from services.cleaner.page.page_blocks import walked
from services.cleaner.page.parse import parsed
from services.cleaner.text.characters import fold, tidy
from shared.messages.schemas import CleanArticle

OUTSIDE: Final = "outside the article"
ELSEWHERE: Final = "not in the text that was taken"


class Fate(StrEnum):
    """What became of a line."""

    HEADLINE = "headline"
    KEPT = "kept"
    DROPPED = "dropped"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalLine:
    """A line with text, tidied. ``paragraph``: which of the article's it became, from 0; ``why`` it was left out."""

    text: str
    fate: Fate
    why: str = ""
    paragraph: int | None = None


def original_lines(draft: ArticleDraft, article: CleanArticle) -> tuple[OriginalLine, ...]:
    """The lines of the text that ``draft`` decoded, beside the article that was made of it, perhaps by another version of the cleaner."""
    if draft.form not in (ContentFormat.TEXT, ContentFormat.HTML):
        return tuple(
            OriginalLine(text=line, fate=Fate.GIVEN)
            for each in numbered(draft.text)
            if (line := tidy(each))
        )
    return tuple(_fates(list(_numbered_texts(draft)), article))


def _numbered_texts(draft: ArticleDraft) -> Iterator[tuple[int, str]]:
    """What a paragraph can be made of, with the number by which a dropped line names it."""
    if draft.form == ContentFormat.TEXT:
        yield from ((each.first, each.text) for each in stretches(numbered(draft.text)))
    else:
        yield from (
            (at, text)
            for at, each in enumerate(walked(parsed(draft.text)).texts)
            if (text := tidy(each))
        )


def _fates(texts: Sequence[tuple[int, str]], article: CleanArticle) -> Iterator[OriginalLine]:
    paragraphs = [article.body[span.start : span.end] for span in article.paragraphs]
    placed = _placed([text for _, text in texts], paragraphs)
    by_number = {line.line: line.why for line in article.dropped}
    by_text = {tidy(line.text): line.why for line in article.dropped}
    first, last = min(placed, default=0), max(placed, default=-1)
    headline = fold(article.headline)
    for at, (number, text) in enumerate(texts):
        why = by_text.get(text) or by_number.get(number)
        if at in placed:
            yield OriginalLine(text=text, fate=Fate.KEPT, paragraph=placed[at])
        elif not why and fold(text) == headline:
            yield OriginalLine(text=text, fate=Fate.HEADLINE)
        else:
            yield OriginalLine(
                text=text,
                fate=Fate.DROPPED,
                why=why or (ELSEWHERE if first < at < last else OUTSIDE),
            )


def _placed(texts: Sequence[str], paragraphs: Sequence[str]) -> dict[int, int]:
    """Which line became which paragraph; both go forwards only."""
    where: dict[str, list[int]] = {}
    for number, paragraph in enumerate(paragraphs):
        where.setdefault(paragraph, []).append(number)
    placed: dict[int, int] = {}
    following = 0
    for at, text in enumerate(texts):
        found = next((number for number in where.get(text, ()) if number >= following), None)
        if found is not None:
            placed[at], following = found, found + 1
    return placed

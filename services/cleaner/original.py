"""An article's original as the lines that a reader of it sees, and what each line became.

It is shown beside the article. The lines of a plain text are its own; those of a page are its
blocks of text. Wire formats name their fields, and are shown as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat
from services.cleaner.lines.line_types import split_lines
from services.cleaner.lines.wrapping import unwrap_paragraphs
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from services.cleaner.text.characters import normalise, tidy
from shared.messages.schemas import CleanArticle

OUTSIDE: Final = "outside the article"
ELSEWHERE: Final = "not in the text that was taken"


class Fate(StrEnum):
    """What a line became."""

    HEADLINE = "headline"
    KEPT = "kept"
    DROPPED = "dropped"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalLine:
    """A line with text, tidied.

    ``paragraph``: number of the paragraph that it became, from 0; ``why`` it was left out.
    """

    text: str
    fate: Fate
    why: str = ""
    paragraph: int | None = None


def original_lines(draft: ArticleDraft, article: CleanArticle) -> tuple[OriginalLine, ...]:
    """Return the lines of the draft's decoded text, compared with the article made of it.

    The article may have been made by another version of the cleaner.
    """
    if draft.content_format not in (ContentFormat.TEXT, ContentFormat.HTML):
        lines = filter(None, map(tidy, split_lines(draft.text)))
        return tuple(OriginalLine(text=line, fate=Fate.GIVEN) for line in lines)
    return tuple(_assign_fates(list(_numbered_texts(draft)), article))


def _numbered_texts(draft: ArticleDraft) -> Iterator[tuple[int, str]]:
    """Yield each possible paragraph with the number that a dropped line has for it."""
    if draft.content_format == ContentFormat.TEXT:
        for paragraph in unwrap_paragraphs(split_lines(draft.text)):
            yield paragraph.first, paragraph.text
        return
    for number, block in enumerate(walk_page(parse_page(draft.text)).texts):
        if text := tidy(block):
            yield number, text


def _assign_fates(
    texts: Sequence[tuple[int, str]], article: CleanArticle
) -> Iterator[OriginalLine]:
    paragraphs = [article.body[span.start : span.end] for span in article.paragraphs]
    matches = _match_paragraphs([text for _, text in texts], paragraphs)
    by_number = {line.line: line.why for line in article.dropped}
    by_text = {tidy(line.text): line.why for line in article.dropped}
    first, last = min(matches, default=0), max(matches, default=-1)
    headline = normalise(article.headline)
    for index, (number, text) in enumerate(texts):
        why = by_text.get(text) or by_number.get(number)
        if index in matches:
            yield OriginalLine(text=text, fate=Fate.KEPT, paragraph=matches[index])
        elif not why and normalise(text) == headline:
            yield OriginalLine(text=text, fate=Fate.HEADLINE)
        else:
            why = why or (ELSEWHERE if first < index < last else OUTSIDE)
            yield OriginalLine(text=text, fate=Fate.DROPPED, why=why)


def _match_paragraphs(texts: Sequence[str], paragraphs: Sequence[str]) -> dict[int, int]:
    """Return for each line that became a paragraph which one; both only go forwards."""
    numbers: dict[str, list[int]] = {}
    for number, paragraph in enumerate(paragraphs):
        numbers.setdefault(paragraph, []).append(number)
    matches: dict[int, int] = {}
    following = 0
    for index, text in enumerate(texts):
        match = next((number for number in numbers.get(text, ()) if number >= following), None)
        if match is not None:
            matches[index], following = match, match + 1
    return matches

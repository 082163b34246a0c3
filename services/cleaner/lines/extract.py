"""Plain text → headline, body paragraphs, and the lines left out, each with its reason.

One line is one paragraph, except in a wrapped text (wrapping.py).

1. Each line is classified by itself (line_types.py) and by whether it repeats (repeats.py).
2. The line model says how likely each line belongs to the article (scores.py); types and scores
   together decide which lines stay (select_lines.py).
3. The headline is among the lines before the first paragraph (headline.py).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.headline import find_headline
from services.cleaner.lines.line_types import (
    TextLine,
    is_byline,
    is_date,
    is_paragraph,
    lines_of,
    split_lines,
)
from services.cleaner.lines.repeats import mark_repeats
from services.cleaner.lines.scores import load_model, score_lines
from services.cleaner.lines.select_lines import select_lines
from services.cleaner.page.blocks.boosted_trees import BoostedTrees
from services.cleaner.page.names import parse_names
from services.cleaner.text.dateline import parse_dateline
from services.cleaner.text.summaries import is_repeated, is_summary
from shared.base.outcomes import Drop
from shared.messages.schemas import DroppedLine

OUTSIDE: Final = "outside the article"
UNLIKE: Final = "unlike the article's lines"
"""The line model alone decided; every other reason names something that can be seen."""
KICKER: Final = "kicker"
DECK: Final = "deck"
"""Such a line is no body; it is the article's deck if it is a sentence."""
BYLINE: Final = "byline"
DATE: Final = "date"
_LONG_HEADLINE_WORDS: Final = 18
_LEAD_SCORE: Final = 0.6
_FLASH_LINES: Final = 3
_FLASH_WORDS: Final = 3


def extract_from_text(
    text: str, stated: str | None, model: BoostedTrees | None = None
) -> Extraction | Drop:
    """Extract the article from a plain text.

    ``stated``: the headline that the feed or manifest gives; ``model``: the line model to use, by
    default the packaged one.
    """
    lines = mark_repeats(lines_of(text))
    article = _select_article(lines, model or load_model())
    if article:
        body = "\n".join(lines[index].text for index in article)
        title = find_headline(lines[: article[0]], body, stated)
        return _to_extraction(text, lines, article, title, stated)
    if _is_flash(lines):
        body_lines = range(min(1, len(lines) - 1), len(lines))
        return _to_extraction(text, lines, body_lines, 0, stated)
    has_words = any(line.words for line in lines)
    return Drop(CleanDrop.NOT_AN_ARTICLE if has_words else CleanDrop.EMPTY_BODY)


def _select_article(lines: Sequence[TextLine], model: BoostedTrees) -> list[int]:
    """Return the indices of the body's lines: those that stay, from the lead on.

    The lead is the first line that is a paragraph for certain, else the first running text.
    """
    scores = score_lines(lines, model)
    staying = [index for index, stays in enumerate(select_lines(lines, scores)) if stays]
    running = [index for index in staying if lines[index].is_prose]
    certain = (index for index in running if _is_lead(lines[index], scores[index]))
    lead = next(certain, running[0] if running else len(lines))
    return [index for index in staying if index >= lead]


def _is_lead(line: TextLine, score: float) -> bool:
    """Return whether the article may begin with the line.

    It may with a paragraph for certain, and with a line that is longer than headlines and has a
    high score.
    """
    if is_paragraph(line) or parse_dateline(line.text) is not None:
        return True
    return line.words >= _LONG_HEADLINE_WORDS and score >= _LEAD_SCORE


def _is_flash(lines: Sequence[TextLine]) -> bool:
    """Return whether the text is a flash: a headline, perhaps with a line or two, no sentence yet.

    The headline of a flash without more lines is its body, too: no flash is lost.
    """
    if len(lines) > _FLASH_LINES or any(line.junk for line in lines):
        return False
    return sum(line.words for line in lines) >= _FLASH_WORDS


def _to_extraction(
    text: str,
    lines: Sequence[TextLine],
    article: Sequence[int],
    title: int | None,
    stated: str | None,
) -> Extraction:
    body = [lines[index] for index in article]
    byline = next((line.text for line in lines[: article[0]] if is_byline(line.text)), None)
    headline = stated or (lines[title].text if title is not None else "")
    names = parse_names([byline]) if byline else ()
    paragraphs = tuple(line.text for line in body)
    between = lines[title + 1 : article[0]] if title is not None else ()
    deck = next((line.text for line in between if _is_deck(line, headline, paragraphs)), "")
    provenance = {"headline": "stated" if stated else "line", "body": "lines", "authors": "byline"}
    provenance["deck"] = "line"
    values = {"headline": headline, "body": body, "authors": names, "deck": deck}
    return Extraction(
        headline=headline,
        paragraphs=paragraphs,
        deck=deck,
        authors=names,
        byline=byline,
        body_lines=tuple(number for line in body for number in range(line.number, line.end)),
        dropped=tuple(_dropped_lines(text, lines, article, title)),
        evidence={field: source for field, source in provenance.items() if values[field]},
    )


def _is_deck(line: TextLine, headline: str, paragraphs: tuple[str, ...]) -> bool:
    """Return whether a line between headline and lead sums the article up."""
    if line.junk or is_byline(line.text) or is_date(line.text):
        return False
    return is_summary(line.text, headline) and not is_repeated(line.text, paragraphs)


def _dropped_lines(
    text: str, lines: Sequence[TextLine], article: Sequence[int], title: int | None
) -> Iterator[DroppedLine]:
    originals, staying = split_lines(text), frozenset(article)
    for index, line in enumerate(lines):
        if index == title or index in staying:
            continue
        why = line.junk or _why(index, line, article, title)
        for number in range(line.number, line.end):
            yield DroppedLine(line=number, text=originals[number], why=why)


def _why(index: int, line: TextLine, article: Sequence[int], title: int | None) -> str:
    if is_byline(line.text):
        return BYLINE
    if is_date(line.text):
        return DATE
    if article[0] < index < article[-1]:
        return UNLIKE
    if title is None or index > article[-1]:
        return OUTSIDE
    return KICKER if index < title else DECK

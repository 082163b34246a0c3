"""Plain text → headline, body paragraphs and the lines left out, each with why. One line is one paragraph, but in a wrapped text (wrapping.py).

1. each line is judged by itself (kinds.py) and by whether it repeats (repeats.py); 2. the line model says how likely each is the article's
(scores.py), and both together which stay (decide.py); 3. the headline is among the lines before the first paragraph (title.py).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.line_types import (
    TextLine,
    is_byline,
    is_date,
    is_paragraph,
    lines_of,
    numbered,
)
from services.cleaner.lines.repeats import marked
from services.cleaner.lines.scores import scores, shipped
from services.cleaner.lines.select_lines import kept
from services.cleaner.lines.title import title_among
from services.cleaner.page.blocks.boosted_trees import BoostedTrees
from services.cleaner.page.names import people
from services.cleaner.text.dateline import dateline
from shared.base.outcomes import Drop
from shared.messages.schemas import DroppedLine

OUTSIDE: Final = "outside the article"
UNLIKE: Final = "unlike the article's lines"
"""The line model alone decided; every other reason names something that can be seen."""
KICKER: Final = "kicker"
DECK: Final = "deck"
BYLINE: Final = "byline"
DATE: Final = "date"
_LONG_HEADLINE_WORDS: Final = 18
_LEAD_SCORE: Final = 0.6
_FLASH_LINES: Final = 3
_FLASH_WORDS: Final = 3


def cut_lines(
    text: str, stated: str | None, trees: BoostedTrees | None = None
) -> Extraction | Drop:
    """The article in the text. ``stated``: a headline that feed or manifest gave, or None; ``trees``: other weights than those that are shipped."""
    lines = marked(lines_of(text))
    article = _article(lines, trees or shipped())
    if article:
        title = title_among(
            lines[: article[0]], "\n".join(lines[at].text for at in article), stated
        )
        return _cut(text, lines, article, title, stated)
    if _is_flash(lines):
        return _cut(text, lines, range(min(1, len(lines) - 1), len(lines)), 0, stated)
    return Drop(
        CleanDrop.NOT_AN_ARTICLE if any(line.words for line in lines) else CleanDrop.EMPTY_BODY
    )


def _article(lines: Sequence[TextLine], trees: BoostedTrees) -> list[int]:
    """The places of the body's lines: those that stay, from the first paragraph on; where none is one for certain, from the first running text on."""
    likely = scores(lines, trees)
    staying = [at for at, stays in enumerate(kept(lines, likely)) if stays]
    running = [at for at in staying if lines[at].prose]
    lead = next(
        (at for at in running if _is_lead(lines[at], likely[at])),
        running[0] if running else len(lines),
    )
    return [at for at in staying if at >= lead]


def _is_lead(line: TextLine, score: float) -> bool:
    """Whether the article may begin with the line: a paragraph for certain, or what is longer than headlines and scores like one."""
    return (
        is_paragraph(line)
        or dateline(line.text) is not None
        or (line.words >= _LONG_HEADLINE_WORDS and score >= _LEAD_SCORE)
    )


def _is_flash(lines: Sequence[TextLine]) -> bool:
    """A flash is a headline, perhaps with a line or two, and no sentence yet. A lone headline is then the body too: no flash is lost."""
    return (
        len(lines) <= _FLASH_LINES
        and not any(line.junk for line in lines)
        and sum(line.words for line in lines) >= _FLASH_WORDS
    )


def _cut(
    text: str,
    lines: Sequence[TextLine],
    article: Sequence[int],
    title: int | None,
    stated: str | None,
) -> Extraction:
    body = [lines[at] for at in article]
    byline = next((line.text for line in lines[: article[0]] if is_byline(line.text)), None)
    headline = stated or (lines[title].text if title is not None else "")
    names = people([byline]) if byline else ()
    evidence = {"headline": "stated" if stated else "line", "body": "lines", "authors": "byline"}
    known = {"headline": headline, "body": body, "authors": names}
    return Extraction(
        headline=headline,
        paragraphs=tuple(line.text for line in body),
        authors=names,
        byline=byline,
        kept=tuple(number for line in body for number in range(line.number, line.end)),
        dropped=tuple(_dropped(text, lines, article, title)),
        evidence={field: witness for field, witness in evidence.items() if known[field]},
    )


def _dropped(
    text: str, lines: Sequence[TextLine], article: Sequence[int], title: int | None
) -> Iterator[DroppedLine]:
    originals, staying = numbered(text), frozenset(article)
    for at, line in enumerate(lines):
        if at != title and at not in staying:
            why = line.junk or _why(at, line, article, title)
            yield from (
                DroppedLine(line=number, text=originals[number], why=why)
                for number in range(line.number, line.end)
            )


def _why(at: int, line: TextLine, article: Sequence[int], title: int | None) -> str:
    if is_byline(line.text):
        return BYLINE
    if is_date(line.text):
        return DATE
    if article[0] < at < article[-1]:
        return UNLIKE
    if title is None or at > article[-1]:
        return OUTSIDE
    return KICKER if at < title else DECK

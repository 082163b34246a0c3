"""Plain text → headline, body paragraphs and the lines left out, each with why. One line is one paragraph, but in a wrapped text (wrapping.py).

1. each line is judged by itself (kinds.py) and by whether it repeats (repeats.py); 2. the article is the stretch with the most running
text (stretch.py); 3. the headline is among the lines before its first paragraph (title.py); 4. inside the stretch only junk goes. A text
without any junk is left whole.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from services.cleaner.draft import Cut
from services.cleaner.lines.kinds import Line, is_byline, is_paragraph, lines_of, numbered
from services.cleaner.lines.repeats import marked
from services.cleaner.lines.stretch import best_stretch, widened
from services.cleaner.lines.title import title_among
from services.cleaner.page.names import people
from services.cleaner.reasons import CleanDrop
from shared.outcomes import Drop
from shared.schemas import DroppedLine

OUTSIDE: Final = "outside the article"
KICKER: Final = "kicker"
DECK: Final = "deck"
BYLINE: Final = "byline"
_FLASH_LINES: Final = 3
_FLASH_WORDS: Final = 3


def cut_lines(text: str, stated: str | None) -> Cut | Drop:
    """The article in the text. ``stated``: a headline that feed or manifest gave, or None."""
    lines = marked(lines_of(text))
    start, end = _bounds(lines)
    if start < end:
        lead = _lead(lines, start, end)
        title = title_among(lines[:lead], "\n".join(line.text for line in lines[lead:end] if not line.junk), stated)
        return _cut(text, lines, range(lead, end), title, stated)
    if _is_flash(lines):
        return _cut(text, lines, range(min(1, len(lines) - 1), len(lines)), 0, stated)
    return Drop(CleanDrop.NOT_AN_ARTICLE if any(line.words for line in lines) else CleanDrop.EMPTY_BODY)


def _bounds(lines: Sequence[Line]) -> tuple[int, int]:
    """The article's lines; all of them where nothing speaks for a page around the text."""
    start, end = best_stretch(lines)
    if start < end and not any(line.junk for line in lines):
        return 0, len(lines)
    return widened(lines, start, end) if start < end else (start, end)


def _lead(lines: Sequence[Line], start: int, end: int) -> int:
    """The index of the first paragraph; where no line is one for certain, of the first running text."""
    running = [at for at in range(start, end) if lines[at].prose and not lines[at].junk]
    return next((at for at in running if is_paragraph(lines[at])), running[0])


def _is_flash(lines: Sequence[Line]) -> bool:
    """A flash is a headline, perhaps with a line or two, and no sentence yet. A lone headline is then the body too: no flash is lost."""
    return len(lines) <= _FLASH_LINES and not any(line.junk for line in lines) and sum(line.words for line in lines) >= _FLASH_WORDS


def _cut(text: str, lines: Sequence[Line], article: range, title: int | None, stated: str | None) -> Cut:
    body = [lines[at] for at in article if not lines[at].junk]
    byline = next((line.text for line in lines[: article.start] if is_byline(line.text)), None)
    headline = stated or (lines[title].text if title is not None else "")
    names = people([byline]) if byline else ()
    evidence = {"headline": "stated" if stated else "line", "body": "lines", "authors": "byline"}
    known = {"headline": headline, "body": body, "authors": names}
    return Cut(
        headline=headline,
        paragraphs=tuple(line.text for line in body),
        authors=names,
        byline=byline,
        kept=tuple(number for line in body for number in range(line.number, line.end)),
        dropped=tuple(_dropped(text, lines, article, title)),
        evidence={field: witness for field, witness in evidence.items() if known[field]},
    )


def _dropped(text: str, lines: Sequence[Line], article: range, title: int | None) -> Iterator[DroppedLine]:
    originals = numbered(text)
    for at, line in enumerate(lines):
        if at != title and (at not in article or line.junk):
            why = line.junk or _why(at, line, article, title)
            yield from (DroppedLine(line=number, text=originals[number], why=why) for number in range(line.number, line.end))


def _why(at: int, line: Line, article: range, title: int | None) -> str:
    if is_byline(line.text):
        return BYLINE
    if title is None or at >= article.start:
        return OUTSIDE
    return KICKER if at < title else DECK

"""Plain text → headline, body paragraphs and the lines left out, each with why. One line is one paragraph.

1. each line is judged by itself (kinds.py); 2. the article is the stretch with the most running text (stretch.py); 3. the headline is
among the lines before its first paragraph (title.py); 4. inside the stretch only junk goes. A text without any junk is left whole.
"""

from collections.abc import Sequence
from typing import Final

from services.cleaner.draft import Cut
from services.cleaner.lines.kinds import Line, is_byline, is_paragraph, lines_of
from services.cleaner.lines.stretch import best_stretch
from services.cleaner.lines.title import title_among
from services.cleaner.page.names import people
from services.cleaner.reasons import CleanDrop
from shared.outcomes import Drop
from shared.schemas import DroppedLine

OUTSIDE: Final = "outside the article"
KICKER: Final = "kicker"
DECK: Final = "deck"
BYLINE: Final = "byline"


def cut_lines(text: str, stated: str | None) -> Cut | Drop:
    """The article in the text. ``stated``: a headline that feed or manifest gave, or None."""
    lines = lines_of(text)
    start, end = _bounds(lines)
    if start == end:
        return Drop(CleanDrop.EMPTY_BODY if len(lines) <= 1 else CleanDrop.NOT_AN_ARTICLE)
    lead = _lead(lines, start, end)
    body = [line for line in lines[lead:end] if not line.junk]
    title = title_among(lines[:lead], "\n".join(line.text for line in body), stated)
    return _cut(lines, title, lead, body, stated)


def _bounds(lines: Sequence[Line]) -> tuple[int, int]:
    """The article's lines. Fragments behind the last sentence stay where nothing speaks for a page around the text, or if listed."""
    start, end = best_stretch(lines)
    if start < end and not any(line.junk for line in lines[start:]):
        end = len(lines)
    while start < end < len(lines) and lines[end].listed and not lines[end].junk:
        end += 1
    return start, end


def _lead(lines: Sequence[Line], start: int, end: int) -> int:
    """The index of the first paragraph; where no line is one for certain, of the first running text."""
    running = [at for at in range(start, end) if lines[at].prose and not lines[at].junk]
    return next((at for at in running if is_paragraph(lines[at])), running[0])


def _cut(lines: Sequence[Line], title: int | None, lead: int, body: Sequence[Line], stated: str | None) -> Cut:
    kept = {line.number for line in body}
    dropped = [line for at, line in enumerate(lines) if line.number not in kept and at != title]
    byline = next((line.text for line in lines[:lead] if is_byline(line.text)), None)
    headline = lines[title].text if title is not None else ""
    names = people([byline]) if byline else ()
    return Cut(
        headline=stated or headline,
        paragraphs=tuple(line.text for line in body),
        authors=names,
        byline=byline,
        kept=tuple(line.number for line in body),
        dropped=tuple(DroppedLine(line=line.number, text=line.original, why=_why(line, lines, title, lead)) for line in dropped),
        evidence={**({"headline": "stated" if stated else "line"} if stated or headline else {}), "body": "lines"}
        | ({"authors": "byline"} if names else {}),
    )


def _why(line: Line, lines: Sequence[Line], title: int | None, lead: int) -> str:
    if line.junk:
        return line.junk
    if line.number >= lines[lead].number:
        return OUTSIDE
    if is_byline(line.text):
        return BYLINE
    if title is None:
        return OUTSIDE
    return KICKER if line.number < lines[title].number else DECK

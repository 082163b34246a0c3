"""Lines that a page repeats: buttons and labels again and again, a paragraph once more as teaser or caption."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.cleaner.lines.line_types import TextLine
from services.cleaner.text.characters import fold

REPEATED: Final = "repeated line"
_LABEL_TIMES: Final = 3
"""A story may have a subhead twice; what stands three times is the page's."""
_PARAGRAPH_WORDS: Final = 10
"""A shorter sentence may be a refrain."""


def marked(lines: Iterable[TextLine]) -> list[TextLine]:
    """The lines, with those that repeat marked as junk: every one of a fragment's, and all but the first of a long paragraph's."""
    folded = [(line, fold(line.text)) for line in lines]
    times = Counter(text for _, text in folded)
    seen: set[str] = set()
    found = []
    for line, text in folded:
        again = text in seen if line.prose else times[text] >= _LABEL_TIMES
        long_enough = line.words >= _PARAGRAPH_WORDS if line.prose else bool(text)
        found.append(
            replace(line, junk=REPEATED) if again and long_enough and not line.junk else line
        )
        seen.add(text)
    return found

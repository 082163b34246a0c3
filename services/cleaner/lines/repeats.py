"""Lines that a page repeats: buttons, labels, and paragraphs that are also teasers or captions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.cleaner.lines.line_types import TextLine
from services.cleaner.text.characters import normalise

REPEATED: Final = "repeated line"
_LABEL_TIMES: Final = 3
"""A story may have a subhead twice; a line that comes three times is the page's."""
_PARAGRAPH_WORDS: Final = 10
"""A shorter sentence may be a refrain."""


def mark_repeats(lines: Iterable[TextLine]) -> list[TextLine]:
    """Return the lines, those that repeat marked as junk.

    All copies of a fragment are marked, and all but the first of a long paragraph.
    """
    texts = [(line, normalise(line.text)) for line in lines]
    times = Counter(text for _, text in texts)
    earlier: set[str] = set()
    result = []
    for line, text in texts:
        repeats = text in earlier if line.is_prose else times[text] >= _LABEL_TIMES
        long_enough = line.words >= _PARAGRAPH_WORDS if line.is_prose else bool(text)
        is_junk = repeats and long_enough and not line.junk
        result.append(replace(line, junk=REPEATED) if is_junk else line)
        earlier.add(text)
    return result

"""Lines that other articles of the source carry, as its memory knows them: taken out before anything else is decided.

They are no evidence of where an article ends: what stands around them is judged as if they were not there.
"""

from collections.abc import Collection
from typing import Final

from services.cleaner.lines.line_types import numbered
from services.cleaner.lines.wrapping import stretches
from services.cleaner.memory.fingerprints import fingerprint
from shared.messages.schemas import DroppedLine

ELSEWHERE: Final = "in other articles of this source"


def without(text: str, known: Collection[str]) -> tuple[str, tuple[DroppedLine, ...]]:
    """The text with the paragraphs of these fingerprints blank, so that every line keeps its number; and the lines that are gone."""
    lines = numbered(text)
    paragraphs = [each for each in stretches(lines) if fingerprint(each.text) in known]
    gone = {number for each in paragraphs for number in range(each.first, each.end)}
    rest = "\n".join("" if number in gone else line for number, line in enumerate(lines))
    return rest, tuple(
        DroppedLine(line=number, text=lines[number], why=ELSEWHERE) for number in sorted(gone)
    )

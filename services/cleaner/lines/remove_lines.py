"""Remove the lines that source memory knows from other articles, before anything is decided.

They are no evidence of where an article ends: their neighbours are judged as if they were absent.
"""

from collections.abc import Collection
from typing import Final

from services.cleaner.lines.line_types import split_lines
from services.cleaner.lines.wrapping import unwrap_paragraphs
from services.cleaner.memory.fingerprints import fingerprint
from shared.messages.schemas import DroppedLine

ELSEWHERE: Final = "in other articles of this source"


def remove_lines(text: str, fingerprints: Collection[str]) -> tuple[str, tuple[DroppedLine, ...]]:
    """Return the text without the paragraphs of these fingerprints, and the removed lines.

    Removed lines become blank, so that every other line keeps its number.
    """
    lines = split_lines(text)
    removed = sorted(
        number
        for paragraph in unwrap_paragraphs(lines)
        if fingerprint(paragraph.text) in fingerprints
        for number in range(paragraph.first, paragraph.end)
    )
    dropped = tuple(
        DroppedLine(line=number, text=lines[number], why=ELSEWHERE) for number in removed
    )
    for number in removed:
        lines[number] = ""
    return "\n".join(lines), dropped

"""Lines that other articles of the source carry, as its memory knows them: no part of this one."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from services.cleaner.lines.kinds import Line
from services.cleaner.memory.lines import fingerprint

ELSEWHERE: Final = "in other articles of this source"


def without(lines: list[Line], known: Collection[str]) -> list[Line]:
    """The lines, with those of these fingerprints marked as junk."""
    if not known:
        return lines
    return [replace(line, junk=ELSEWHERE) if not line.junk and fingerprint(line.text) in known else line for line in lines]

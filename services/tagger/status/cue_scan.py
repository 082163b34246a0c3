"""Find the cues of a field in one pass, with its sentences."""

from bisect import bisect_left, bisect_right
from datetime import date
from typing import Final

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.cue_classes import (
    BORDERS,
    DENYING,
    SPEAKING,
    CueClass,
    bits_of,
)
from services.tagger.status.cue_table import YEAR, Cue, CueTable
from services.tagger.status.times import month_time, year_time
from shared.messages.schemas import FieldName

_OPENING: Final = '"([{*/'
"""A word may begin after these."""
_BORDER: Final = bits_of(BORDERS)
_DENYING: Final = bits_of(DENYING)
_REPORT: Final = bits_of([CueClass.REPORT])
_MONTH: Final = bits_of([CueClass.MONTH])
_SPEAKING: Final = bits_of(SPEAKING)
_WEAK_SOURCE: Final = bits_of([CueClass.WEAK_SOURCE])
_ACCORDING: Final = bits_of([CueClass.ACCORDING])
_HEARSAY: Final = bits_of([CueClass.HEARSAY])
_REPORT_REACH: Final = 14
_SPEAKING_REACH: Final = 8
_ACCORDING_REACH: Final = 24


class CueScan:
    """The cues of a field in text order, as columns: where they start and end, their classes."""

    def __init__(self, scan: FieldScan, table: CueTable, day: date) -> None:
        self.field: Final[FieldName] = scan.field
        self.language: Final = table.language
        self.plain: Final = scan.text.plain
        self.sentence_starts: Final = scan.sentences.starts or [0]
        self.starts: Final[list[int]] = []
        self.ends: Final[list[int]] = []
        self.bits: Final[list[int]] = []
        self._find(scan, table, day)

    def sentence(self, position: int) -> tuple[int, int]:
        """Return start and end of the sentence at a position, with the white space after it."""
        index = bisect_right(self.sentence_starts, position)
        start = self.sentence_starts[index - 1] if index else 0
        is_last = index == len(self.sentence_starts)
        return start, len(self.plain) if is_last else self.sentence_starts[index]

    def sentence_number(self, position: int) -> int:
        """Return the number of the sentence at a position; what precedes all is in the first."""
        return max(0, bisect_right(self.sentence_starts, position) - 1)

    def sentence_end(self, number: int) -> int:
        """Return the end of a sentence, with the white space after it."""
        following = number + 1
        is_last = following == len(self.sentence_starts)
        return len(self.plain) if is_last else self.sentence_starts[following]

    def has_class_between(self, classes: int, start: int, end: int) -> bool:
        """Return whether a cue of these classes begins at ``start`` or later and before ``end``."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return any(bits & classes for bits in self.bits[first:last])

    def words(self, index: int) -> str:
        """Return a cue as it is written."""
        return self.plain[self.starts[index] : self.ends[index]]

    def _find(self, scan: FieldScan, table: CueTable, day: date) -> None:
        normalised, offsets = scan.text.normalised, scan.text.offsets
        cues, reached = table.cues, 0
        starts, ends, classes = self.starts, self.ends, self.bits
        padded = _padded(normalised)
        for index, first, after in table.automaton.find_matches_as_indexes(padded):
            cue, last = cues[index], after
            if cue.is_word and padded[last].isalnum():
                if (shorter := table.shorter.get(index)) is None:
                    continue
                cue, last = cues[shorter.cue], first + shorter.length
            # the blank that pads the text and the one that a pattern begins with cancel out
            start, end, bits = first - cue.is_mark, last - 1, cue.bits
            if cue.needs_context:
                if cue.month or bits == YEAR:
                    start, end, bits = _time(normalised, start, end, cue, day)
                    if not bits or start < reached:
                        continue
                elif classes:
                    bits = _beside(bits, classes[-1], start - ends[-1])
            reached = end
            if offsets is not None:
                start, end = scan.text.span(start, end)
            starts.append(start)
            ends.append(end)
            classes.append(bits)


def _beside(bits: int, before: int, gap: int) -> int:
    """Return the classes of a cue that stands so many characters after one of other classes."""
    if before & _DENYING:
        return before & _DENYING if gap <= (_REPORT_REACH if bits & _REPORT else 1) else bits
    is_said = before & _WEAK_SOURCE and bits & _SPEAKING and gap <= _SPEAKING_REACH
    is_source = before & _ACCORDING and bits & _WEAK_SOURCE and gap <= _ACCORDING_REACH
    return bits | _HEARSAY if is_said or is_source else bits


def _padded(normalised: str) -> str:
    """Return a text with a blank at either end and in place of each mark that opens a word."""
    for mark in _OPENING:
        normalised = normalised.replace(mark, " ")
    return f" {normalised} "


def _time(text: str, start: int, end: int, cue: Cue, day: date) -> tuple[int, int, int]:
    """Return the span and classes of a time; where there is none, of the cue's other classes."""
    time = (
        month_time(text, start, end, cue.month, day) if cue.month else year_time(text, start, day)
    )
    if time is None:
        return start, end, cue.bits & ~(_MONTH | YEAR)
    return time.start, time.end, bits_of([time.kind])

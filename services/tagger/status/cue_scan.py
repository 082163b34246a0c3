"""Find the cues of a field in one pass, with its sentences."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.cue_classes import (
    BORDERS,
    DENIABLE,
    DENYING,
    CueClass,
    bits_of,
    classes_of,
)
from services.tagger.status.cue_table import Cue, CueTable
from services.tagger.status.times import Time, month_time, year_time
from shared.messages.schemas import FieldName

_OPENING: Final = {ord(mark): " " for mark in '"([{*/'}
"""A word may begin after these."""
_BORDER: Final = bits_of(BORDERS)
_DENYING: Final = bits_of(DENYING)
_REPORT: Final = bits_of([CueClass.REPORT])
_DENIABLE: Final = bits_of(DENIABLE | {CueClass.REPORT})
_MONTH: Final = bits_of([CueClass.MONTH])
_YEAR: Final = bits_of([CueClass.YEAR])
_REPORT_REACH: Final = 14


class Hit(NamedTuple):
    """A cue, code points ``start`` to ``end`` of the field's text, and its classes as bits."""

    start: int
    end: int
    bits: int

    @property
    def classes(self) -> tuple[CueClass, ...]:
        """The cue's classes."""
        return classes_of(self.bits)

    @property
    def is_border(self) -> bool:
        """Whether no cue reaches across it."""
        return bool(self.bits & _BORDER)


class CueScan:
    """The cues of a field in text order, as columns: where they start and end, their classes."""

    def __init__(self, scan: FieldScan, table: CueTable, day: date) -> None:
        self.field: Final[FieldName] = scan.field
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

    def hits_between(self, start: int, end: int) -> Sequence[Hit]:
        """Return the cues that begin at ``start`` or later and before ``end``."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        columns = (self.starts[first:last], self.ends[first:last], self.bits[first:last])
        return [Hit(*row) for row in zip(*columns, strict=True)]

    def words(self, index: int) -> str:
        """Return a cue as it is written."""
        return self.plain[self.starts[index] : self.ends[index]]

    def _find(self, scan: FieldScan, table: CueTable, day: date) -> None:
        normalised, has_offsets = scan.text.normalised, scan.text.offsets is not None
        cues, reached = table.cues, 0
        padded = f" {normalised.translate(_OPENING)} "
        for index, first, after in table.automaton.find_matches_as_indexes(padded):
            bits, month, is_word = cue = cues[index]
            if is_word and padded[after].isalnum():
                continue
            # the blank that pads the text and the one that a pattern begins with cancel out
            start, end = first if padded[first] == " " else first - 1, after - 1
            if month or bits == _YEAR:
                time = _time(normalised, start, end, cue, day)
                if time:
                    start, end, bits = time.start, time.end, bits_of([time.kind])
                else:
                    bits &= ~(_MONTH | _YEAR)
                if not bits or start < reached:
                    continue
            elif bits & _DENIABLE and self.bits and self.bits[-1] & _DENYING:
                reach = _REPORT_REACH if bits & _REPORT else 1
                if start - self.ends[-1] <= reach:
                    bits = self.bits[-1] & _DENYING
            reached = end
            if has_offsets:
                start, end = scan.text.span(start, end)
            self.starts.append(start)
            self.ends.append(end)
            self.bits.append(bits)


def _time(text: str, start: int, end: int, cue: Cue, day: date) -> Time | None:
    if cue.month:
        return month_time(text, start, end, cue.month, day)
    return year_time(text, start, day)

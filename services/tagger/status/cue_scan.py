"""Find the cues of a field in one pass, with its sentences."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.scan.normalise import NormalisedText
from services.tagger.status.cue_classes import (
    BORDERS,
    DENYING,
    SPEAKING,
    CueClass,
    bits_of,
)
from services.tagger.status.cue_table import YEAR, Cue, CueTable
from services.tagger.status.times import TIMES, month_time, year_time
from shared.messages.schemas import FieldName

_OPENING: Final = '"([{*/'
"""A word may begin after these."""
_BORDER: Final = bits_of(BORDERS)
_DENYING: Final = bits_of(DENYING)
_REPORT: Final = bits_of([CueClass.REPORT])
_MONTH: Final = bits_of([CueClass.MONTH])
_TIME: Final = {kind: bits_of([kind]) for kind in TIMES}
_SPEAKING: Final = bits_of(SPEAKING)
_WEAK_SOURCE: Final = bits_of([CueClass.WEAK_SOURCE])
_ACCORDING: Final = bits_of([CueClass.ACCORDING])
_HEARSAY: Final = bits_of([CueClass.HEARSAY])
_LONG_AGO: Final = bits_of([CueClass.LONG_AGO])
_TIME_AHEAD: Final = bits_of([CueClass.TIME_AHEAD])
_TO_BE: Final = bits_of([CueClass.MODAL, CueClass.INTENT, CueClass.AHEAD])
_ENDS_TENSE: Final = bits_of(
    BORDERS | {CueClass.PERFECT, CueClass.PLUPERFECT, CueClass.PAST_BE, CueClass.DID}
)
_TENSE_REACH: Final = 5
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
        self._find(scan.text, table, day)

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

    def _find(self, text: NormalisedText, table: CueTable, day: date) -> None:
        padded, classes_of_cues = _padded(text.normalised), table.classes
        starts, ends, classes = self.starts, self.ends, self.bits
        marks = table.marks
        for cue, first, after in table.whole_words(padded):
            # the blank that pads the text and the one that a phrase begins with cancel out
            start, end = first, after - 1
            if cue < marks:
                if cue == table.colon and padded[after].isalnum():
                    continue
                start -= 1
            bits = classes_of_cues[cue]
            if bits < 0:
                bits = _beside(-bits, classes[-1], start - ends[-1]) if classes else -bits
            elif not bits:
                start, end, bits = _time(text.normalised, start, end, table.cues[cue], day)
                if not bits or (ends and start < ends[-1]):
                    continue
                if bits == _LONG_AGO and _is_ahead(classes, text.normalised[end - 4 : end]):
                    bits = _TIME_AHEAD
            starts.append(start)
            ends.append(end)
            classes.append(bits)
        if text.offsets is not None:
            spans = list(map(text.span, starts, ends))
            starts[:] = [start for start, _end in spans]
            ends[:] = [end for _start, end in spans]


def _beside(bits: int, before: int, gap: int) -> int:
    """Return the classes of a cue that stands so many characters after one of other classes."""
    if before & _DENYING:
        return before & _DENYING if gap <= (_REPORT_REACH if bits & _REPORT else 1) else bits
    is_said = before & _WEAK_SOURCE and bits & _SPEAKING and gap <= _SPEAKING_REACH
    is_source = before & _ACCORDING and bits & _WEAK_SOURCE and gap <= _ACCORDING_REACH
    return bits | _HEARSAY if is_said or is_source else bits


def _is_ahead(classes: Sequence[int], ending: str) -> bool:
    """Return whether a month without a year follows what is to be: will travel in April."""
    if ending.isdigit():
        return False
    for bits in classes[:-_TENSE_REACH:-1]:
        if bits & _ENDS_TENSE:
            return False
        if bits & _TO_BE:
            return True
    return False


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
    return time.start, time.end, _TIME[time.kind]

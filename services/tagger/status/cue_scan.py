"""Find the cues of a field in one pass, with its sentences and paragraphs."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.cue_classes import BORDERS, CueClass
from services.tagger.status.cue_table import CueTable
from services.tagger.status.times import month_time, year_times
from shared.messages.schemas import FieldName

_OPENING: Final = {ord(mark): " " for mark in '"([{*/'}
"""A word may begin after these."""


class Hit(NamedTuple):
    """A cue, code points ``start`` to ``end`` of the field's text, and its classes."""

    start: int
    end: int
    classes: tuple[CueClass, ...]

    @property
    def is_border(self) -> bool:
        """Whether no cue reaches across it."""
        return not BORDERS.isdisjoint(self.classes)


class CueScan:
    """The cues of a field in text order, and where its sentences begin and end."""

    def __init__(self, scan: FieldScan, table: CueTable, day: date) -> None:
        self.field: Final[FieldName] = scan.field
        self.plain: Final = scan.text.plain
        self.sentence_starts: Final = scan.sentences.starts or [0]
        self.hits: Final = _hits(scan, table, day)
        self._starts: Final = [hit.start for hit in self.hits]

    def sentence(self, position: int) -> tuple[int, int]:
        """Return start and end of the sentence at a position, with the white space after it."""
        index = bisect_right(self.sentence_starts, position)
        start = self.sentence_starts[index - 1] if index else 0
        is_last = index == len(self.sentence_starts)
        return start, len(self.plain) if is_last else self.sentence_starts[index]

    def hits_between(self, start: int, end: int) -> Sequence[Hit]:
        """Return the cues that begin at ``start`` or later and before ``end``."""
        return self.hits[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def words(self, hit: Hit) -> str:
        """Return a cue as it is written."""
        return self.plain[hit.start : hit.end]


def _hits(scan: FieldScan, table: CueTable, day: date) -> list[Hit]:
    text = scan.text
    padded = f" {text.normalised.translate(_OPENING)} "
    offsets = text.offsets
    hits: list[Hit] = []
    for index, first, after in table.automaton.find_matches_as_indexes(padded):
        following = padded[after] if after < len(padded) else " "
        cue = table.cues[index]
        if following.isalnum() and cue.phrase[-1].isalnum():
            continue
        # the blank before the word and the one that pads the text cancel out
        start, end = (first, after - 1) if padded[first] == " " else (first - 1, after - 1)
        classes = cue.classes
        if cue.month:
            time = month_time(text.normalised, start, end, cue.month, day)
            if time is None:
                classes = tuple(kind for kind in classes if kind is not CueClass.MONTH)
                if not classes:
                    continue
            else:
                start, end, classes = time.start, time.end, (time.kind,)
        if offsets is not None:
            start, end = text.span(start, end)
        hits.append(Hit(start, end, classes))
    years = year_times(text.normalised, day)
    if not years:
        return hits
    covered = (
        {position for hit in hits for position in range(hit.start, hit.end)} if years else set()
    )
    for time in years:
        if time.start not in covered:
            start, end = text.span(time.start, time.end)
            hits.append(Hit(start, end, (time.kind,)))
    return sorted(hits)

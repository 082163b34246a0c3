"""Find the stretches of a field that are not asserted: what cues reach, and background paragraphs.

A cue reaches from its own words to the end, or for a backward cue the start, of its clause; a
phrase such as ", he said" ends it as well. Cue words are outside their scope, so that a rule can
ask for them: of "denied meeting Kim", "meeting Kim" is denied. A paragraph whose first sentence is
dated long ago is background until a sentence with a mark of the present.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from services.tagger.status.cue_classes import (
    BORDERS,
    CLASS_STATUS,
    CueClass,
    bits_of,
    classes_of,
)
from services.tagger.status.cue_scan import CueScan
from shared.messages.schemas import Status, StatusScope

_FORWARD: Final = frozenset(
    {
        CueClass.NEGATION,
        CueClass.ABSENCE,
        CueClass.REFUSAL,
        CueClass.HALT,
        CueClass.MODAL,
        CueClass.INTENT,
        CueClass.CALL,
        CueClass.PROSPECT,
        CueClass.FEAR,
        CueClass.CONDITION,
        CueClass.CLAIM,
        CueClass.DOUBT,
        CueClass.SEEMING,
        CueClass.HEARSAY,
    }
)
_BACKWARD: Final = frozenset({CueClass.FALLEN_THROUGH, CueClass.AHEAD})
_BACKGROUND: Final = frozenset({CueClass.LONG_AGO, CueClass.ARCHIVE, CueClass.BACKGROUND})
_WITH_INFINITIVE: Final = frozenset({CueClass.INTENT, CueClass.CALL})
"""A single verb of these is a cue only with an infinitive: "asked to", not "asked about"."""
_FORWARD_BITS: Final = bits_of(_FORWARD)
_SCOPED: Final = bits_of(_FORWARD | _BACKWARD | _BACKGROUND | {CueClass.UNVERIFIED})
_PRESENT: Final = bits_of(
    (
        CueClass.THIS_WEEK,
        CueClass.WEEKDAY,
        CueClass.RECENT,
        CueClass.TIME_AHEAD,
        CueClass.PERFECT,
    )
)
_BORDER: Final = bits_of(BORDERS)
_OPENING: Final = bits_of(BORDERS | {CueClass.RELATIVE})
"""No backward cue reaches across these."""
_SAY: Final = bits_of([CueClass.SAY])
_TO: Final = bits_of([CueClass.TO])
_ENDING: Final = bits_of(BORDERS | {CueClass.COMMA, CueClass.SAY})
_LONG_AGO: Final = bits_of([CueClass.LONG_AGO])
_INFINITIVE: Final = "to "
_INFINITIVE_REACH: Final = 30
_REACH: Final = 400
"""Characters on either side that a cue reaches at most, so that no text makes this slow."""
_DATED_NOUN: Final = re.compile(r"(?: [\w.'’-]+){0,3}")


class _Stretch(NamedTuple):
    start: int
    end: int
    status: Status
    cue: int
    """The number of the cue in the field."""


def field_scopes(cues: CueScan) -> list[StatusScope]:
    """Return the scopes of a field in text order; of two that overlap the first one counts."""
    stretches = sorted([*_cue_stretches(cues), *_background_paragraphs(cues)])
    return list(_without_overlaps(cues, stretches))


def _cue_stretches(cues: CueScan) -> Iterator[_Stretch]:
    starts, covered = cues.starts, 0
    for index, bits in enumerate(cues.bits):
        scoped = bits & _SCOPED
        if not scoped or (starts[index] < covered and scoped & _FORWARD_BITS):
            continue  # a cue that another one governs reaches as far as that one
        kind = _scoped_class(scoped)
        if kind in _FORWARD:
            if kind in _WITH_INFINITIVE and not _has_infinitive(cues, index):
                continue
            start, end = _forward_start(cues, index), _clause_end(cues, index)
            covered = end
        else:
            start, end = _backward_reach(cues, index, kind)
        if start < end:
            yield _Stretch(start, end, CLASS_STATUS[kind], index)


@lru_cache(maxsize=4096)
def _scoped_class(bits: int) -> CueClass:
    """Return the class that decides a cue's scope: the first that has one."""
    return next(kind for kind in classes_of(bits & _SCOPED))


def _forward_start(cues: CueScan, index: int) -> int:
    """Return where a cue's scope begins: after it, but of "to launch" with the verb."""
    is_infinitive = cues.words(index).lower().startswith(_INFINITIVE)
    return cues.starts[index] + len(_INFINITIVE) if is_infinitive else cues.ends[index]


def _backward_reach(cues: CueScan, index: int, kind: CueClass) -> tuple[int, int]:
    """Return the text that a cue reaches that does not only look ahead."""
    start, end = cues.starts[index], cues.ends[index]
    if kind in _BACKWARD:
        return _clause_start(cues, index), start
    if kind is CueClass.UNVERIFIED:
        first, last = cues.sentence(start)
        return max(first, start - _REACH), min(last, end + _REACH)
    return _background_reach(cues, index)


def _has_infinitive(cues: CueScan, index: int) -> bool:
    end = cues.ends[index]
    if cues.field == "headline" or " " in cues.words(index):
        return True
    following = range(index + 1, min(index + 4, len(cues.starts)))
    return any(
        cues.starts[after] - end <= _INFINITIVE_REACH
        and (cues.bits[after] & _TO or cues.words(after).lower().startswith(_INFINITIVE))
        for after in following
    )


def _clause_start(cues: CueScan, index: int) -> int:
    start = cues.starts[index]
    first = max(cues.sentence(start)[0], start - _REACH)
    for before in range(index - 1, -1, -1):
        if cues.starts[before] < first:
            break
        if cues.bits[before] & _OPENING:
            return cues.ends[before]
    return first


def _clause_end(cues: CueScan, index: int) -> int:
    """Return where a clause ends: at a border, or at the comma before who says so."""
    end = cues.ends[index]
    last = min(cues.sentence(end - 1)[1], end + _REACH)
    starts, comma = cues.starts, 0
    for after in range(index + 1, len(starts)):
        start, bits = starts[after], cues.bits[after]
        if start >= last:
            break
        if bits & _ENDING:
            if bits & _BORDER:
                return start
            if bits & _SAY and comma:
                return comma
            if not comma and cues.plain[start] == ",":
                comma = start
    return last


def _background_reach(cues: CueScan, index: int) -> tuple[int, int]:
    """Return the clause of an old time, or only its noun where the clause is about this week."""
    start, end = _clause_start(cues, index), _clause_end(cues, index)
    if any(hit.bits & _PRESENT for hit in cues.hits_between(start, end)):
        noun = _DATED_NOUN.match(cues.plain, cues.ends[index], end)
        return cues.starts[index], noun.end() if noun else cues.ends[index]
    return start, end


def _background_paragraphs(cues: CueScan) -> Iterator[_Stretch]:
    """Yield the background that each paragraph's first sentence opens."""
    starts = [*cues.sentence_starts, len(cues.plain)]
    index, opening, reason, marks = 0, -1, -1, cues.bits
    for number, start in enumerate(starts[:-1]):
        is_first = not number or "\n" in cues.plain[max(0, start - 2) : start]
        old, bits = -1, 0
        while index < len(marks) and cues.starts[index] < starts[number + 1]:
            bits |= marks[index]
            if old < 0 and marks[index] & _LONG_AGO:
                old = index
            index += 1
        if opening >= 0 and (is_first or bits & _PRESENT):
            yield _Stretch(opening, start, "past", reason)
            opening = -1
        if is_first and old >= 0 and not bits & _PRESENT:
            opening, reason = start, old
    if opening >= 0:
        yield _Stretch(opening, len(cues.plain), "past", reason)


def _without_overlaps(cues: CueScan, stretches: Sequence[_Stretch]) -> Iterator[StatusScope]:
    reached = 0
    for stretch in stretches:
        start, end = _trim(cues.plain, max(stretch.start, reached), stretch.end)
        if start < end:
            reached = end
            reason = cues.words(stretch.cue)
            yield StatusScope(
                field=cues.field, start=start, end=end, status=stretch.status, reason=reason
            )


def _trim(plain: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without the punctuation at its ends, except a last full stop."""
    while start < end and not plain[start].isalnum():
        start += 1
    while start < end and (plain[end - 1].isspace() or plain[end - 1] in ",;:"):
        end -= 1
    return start, end

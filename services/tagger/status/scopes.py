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


_Stretch = tuple[int, int, Status, int]
"""Start and end, the status, and the number of the cue in the field."""


class _Reach(NamedTuple):
    """What decides a cue's scope: the first of its classes that has one."""

    kind: CueClass
    status: Status
    is_forward: bool
    is_with_infinitive: bool


def field_scopes(cues: CueScan) -> list[StatusScope]:
    """Return the scopes of a field in text order; of two that overlap the first one counts."""
    scoped = [index for index, bits in enumerate(cues.bits) if bits & _SCOPED]
    stretches = _cue_stretches(cues, scoped)
    stretches += _background_paragraphs(cues, scoped)
    stretches.sort()
    return _without_overlaps(cues, stretches)


def _cue_stretches(cues: CueScan, scoped: Sequence[int]) -> list[_Stretch]:
    """Return what each of the cues that have a scope reaches, in no order."""
    starts, ends, classes = cues.starts, cues.ends, cues.bits
    stretches: list[_Stretch] = []
    covered, sentence_end = 0, -1
    for index in scoped:
        bits = classes[index] & _SCOPED
        if starts[index] < covered and bits & _FORWARD_BITS:
            continue  # a cue that another one governs reaches as far as that one
        kind, status, is_forward, is_with_infinitive = _reach(bits)
        if not is_forward:
            start, end = _backward_reach(cues, index, kind)
        elif is_with_infinitive and not _has_infinitive(cues, index):
            continue
        else:
            if ends[index] > sentence_end:
                sentence_end = cues.sentence(ends[index] - 1)[1]
            start, end = _forward_start(cues, index), _clause_end(cues, index, sentence_end)
            covered = end
        if start < end:
            stretches.append((start, end, status, index))
    return stretches


@lru_cache(maxsize=4096)
def _reach(scoped: int) -> _Reach:
    kind = classes_of(scoped)[0]
    return _Reach(kind, CLASS_STATUS[kind], kind in _FORWARD, kind in _WITH_INFINITIVE)


def _forward_start(cues: CueScan, index: int) -> int:
    """Return where a cue's scope begins: after it, but of "to launch" with the verb."""
    start, end = cues.starts[index], cues.ends[index]
    return start + len(_INFINITIVE) if _is_infinitive(cues.plain, start, end) else end


def _is_infinitive(plain: str, start: int, end: int) -> bool:
    if plain[start] not in "tT":
        return False
    after = start + len(_INFINITIVE)
    return after <= end and plain[start:after].lower() == _INFINITIVE


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
    for after in following:
        start = cues.starts[after]
        if start - end <= _INFINITIVE_REACH and (
            cues.bits[after] & _TO or _is_infinitive(cues.plain, start, cues.ends[after])
        ):
            return True
    return False


def _clause_start(cues: CueScan, index: int) -> int:
    start = cues.starts[index]
    first = max(cues.sentence(start)[0], start - _REACH)
    for before in range(index - 1, -1, -1):
        if cues.starts[before] < first:
            break
        if cues.bits[before] & _OPENING:
            return cues.ends[before]
    return first


def _clause_end(cues: CueScan, index: int, sentence_end: int) -> int:
    """Return where a clause ends: at a border, or at the comma before who says so."""
    last = min(sentence_end, cues.ends[index] + _REACH)
    starts, classes, comma = cues.starts, cues.bits, 0
    for after in range(index + 1, len(starts)):
        start = starts[after]
        if start >= last:
            break
        if (bits := classes[after]) & _ENDING:
            if bits & _BORDER:
                return start
            if bits & _SAY and comma:
                return comma
            if not comma and cues.plain[start] == ",":
                comma = start
    return last


def _background_reach(cues: CueScan, index: int) -> tuple[int, int]:
    """Return the clause of an old time, or only its noun where the clause is about this week."""
    sentence_end = cues.sentence(cues.ends[index] - 1)[1]
    start, end = _clause_start(cues, index), _clause_end(cues, index, sentence_end)
    if cues.has_class_between(_PRESENT, start, end):
        noun = _DATED_NOUN.match(cues.plain, cues.ends[index], end)
        return cues.starts[index], noun.end() if noun else cues.ends[index]
    return start, end


def _background_paragraphs(cues: CueScan, scoped: Sequence[int]) -> Iterator[_Stretch]:
    """Yield the background that each paragraph's first sentence opens, if it is dated long ago."""
    last, classes = -1, cues.bits
    for cue in scoped:
        if not classes[cue] & _LONG_AGO:
            continue
        number = cues.sentence_number(cues.starts[cue])
        if number == last or not _opens_paragraph(cues, number):
            continue
        last = number
        if _is_present(cues, number):
            continue
        end = number + 1
        while (
            end < len(cues.sentence_starts)
            and not _opens_paragraph(cues, end)
            and not _is_present(cues, end)
        ):
            end += 1
        yield cues.sentence_starts[number], cues.sentence_end(end - 1), "past", cue


def _opens_paragraph(cues: CueScan, number: int) -> bool:
    start = cues.sentence_starts[number]
    return not number or "\n" in cues.plain[max(0, start - 2) : start]


def _is_present(cues: CueScan, number: int) -> bool:
    """Return whether a sentence has a mark of the present."""
    start = cues.sentence_starts[number] if number else 0
    return cues.has_class_between(_PRESENT, start, cues.sentence_end(number))


def _without_overlaps(cues: CueScan, stretches: Sequence[_Stretch]) -> list[StatusScope]:
    field, plain, reached = cues.field, cues.plain, 0
    starts, ends = cues.starts, cues.ends
    scopes: list[StatusScope] = []
    for first, last, status, cue in stretches:
        start, end = _trim(plain, max(reached, first), last)
        if start < end:
            reached = end
            reason = plain[starts[cue] : ends[cue]]
            scopes.append(
                StatusScope(field=field, start=start, end=end, status=status, reason=reason)
            )
    return scopes


def _trim(plain: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch without the punctuation at its ends, except a last full stop."""
    while start < end and not plain[start].isalnum():
        start += 1
    while start < end and ((mark := plain[end - 1]) in ",;:" or mark.isspace()):
        end -= 1
    return start, end

"""Find the stretches of a field that are not asserted: what cues reach, and background paragraphs.

A cue reaches from its own words to the end, or for a backward cue the start, of its clause; a
phrase such as ", he said" ends it as well. Cue words are outside their scope, so that a rule can
ask for them: of "denied meeting Kim", "meeting Kim" is denied. A paragraph whose first sentence is
dated long ago is background until a sentence with a mark of the present.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.tagger.status.cue_classes import CLASS_STATUS, CueClass
from services.tagger.status.cue_scan import CueScan, Hit
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
    }
)
_BACKWARD: Final = frozenset({CueClass.FALLEN_THROUGH, CueClass.AHEAD})
_BACKGROUND: Final = frozenset({CueClass.LONG_AGO, CueClass.ARCHIVE, CueClass.BACKGROUND})
_WITH_INFINITIVE: Final = frozenset({CueClass.INTENT, CueClass.CALL})
"""A single verb of these is a cue only with an infinitive: "asked to", not "asked about"."""
_SCOPED: Final = _FORWARD | _BACKWARD | _BACKGROUND | {CueClass.UNVERIFIED}
_PRESENT: Final = frozenset(
    {CueClass.THIS_WEEK, CueClass.WEEKDAY, CueClass.RECENT, CueClass.TIME_AHEAD, CueClass.PERFECT}
)
_INFINITIVE_REACH: Final = 30
_DATED_NOUN: Final = re.compile(r"(?: [\w.'’-]+){0,3}")
_PARAGRAPH: Final = re.compile(r"\n\s*")


class _Stretch(NamedTuple):
    start: int
    end: int
    status: Status
    words: str


def field_scopes(cues: CueScan) -> list[StatusScope]:
    """Return the scopes of a field in text order; of two that overlap the first one counts."""
    stretches = sorted([*_cue_stretches(cues), *_background_paragraphs(cues)])
    return list(_without_overlaps(cues, stretches))


def _cue_stretches(cues: CueScan) -> Iterator[_Stretch]:
    hits = cues.hits
    for index, hit in enumerate(hits):
        if _SCOPED.isdisjoint(hit.classes):
            continue
        for kind in hit.classes:
            if kind in _SCOPED:
                stretch = _stretch(cues, hits, index, kind)
                if stretch and stretch.start < stretch.end:
                    yield stretch
                    break


def _stretch(cues: CueScan, hits: Sequence[Hit], index: int, kind: CueClass) -> _Stretch | None:
    hit, words = hits[index], cues.words(hits[index])
    status = CLASS_STATUS[kind]
    first, last = cues.sentence(hit.start)
    if kind is CueClass.UNVERIFIED:
        return _Stretch(first, last, status, words)
    if kind in _BACKWARD:
        return _Stretch(_clause_start(hits, index, first), hit.start, status, words)
    if kind in _BACKGROUND:
        return _background_stretch(cues, index, status)
    if kind in _WITH_INFINITIVE and not _has_infinitive(cues, hits, index):
        return None
    return _Stretch(hit.end, _clause_end(hits, index, last), status, words)


def _has_infinitive(cues: CueScan, hits: Sequence[Hit], index: int) -> bool:
    hit = hits[index]
    if cues.field == "headline" or " " in cues.words(hit):
        return True
    return any(
        CueClass.TO in following.classes and following.start - hit.end <= _INFINITIVE_REACH
        for following in hits[index + 1 : index + 4]
    )


def _clause_start(hits: Sequence[Hit], index: int, first: int) -> int:
    for hit in reversed(hits[:index]):
        if hit.start < first:
            return first
        if hit.is_border:
            return hit.end
    return first


def _clause_end(hits: Sequence[Hit], index: int, last: int) -> int:
    """Return where a clause ends: at a border, or at the comma before who says so."""
    comma = 0
    for hit in hits[index + 1 :]:
        if hit.start >= last:
            break
        if hit.is_border:
            return hit.start
        if CueClass.COMMA in hit.classes:
            comma = comma or hit.start if hit.end - hit.start == 1 else comma
        elif CueClass.SAY in hit.classes and comma:
            return comma
    return last


def _background_stretch(cues: CueScan, index: int, status: Status) -> _Stretch:
    """Return the clause of an old time, or only its noun where the clause is about this week."""
    hits, hit = cues.hits, cues.hits[index]
    first, last = cues.sentence(hit.start)
    start, end = _clause_start(hits, index, first), _clause_end(hits, index, last)
    if any(not _PRESENT.isdisjoint(other.classes) for other in cues.hits_between(start, end)):
        noun = _DATED_NOUN.match(cues.plain, hit.end, end)
        start, end = hit.start, noun.end() if noun else hit.end
    return _Stretch(start, end, status, cues.words(hit))


def _background_paragraphs(cues: CueScan) -> Iterator[_Stretch]:
    """Yield the background that each paragraph's first sentence opens."""
    opening: tuple[int, str] | None = None
    is_first, previous = True, 0
    starts = cues.sentence_starts
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(cues.plain)
        is_first = number == 0 or "\n" in cues.plain[previous:start]
        hits = cues.hits_between(start, end)
        is_present = any(not _PRESENT.isdisjoint(hit.classes) for hit in hits)
        if opening and (is_first or is_present):
            yield _Stretch(opening[0], start, "past", opening[1])
            opening = None
        if is_first and not is_present:
            old = next((hit for hit in hits if CueClass.LONG_AGO in hit.classes), None)
            opening = (start, cues.words(old)) if old else None
        previous = max(start, end - 3)
    if opening:
        yield _Stretch(opening[0], len(cues.plain), "past", opening[1])


def _without_overlaps(cues: CueScan, stretches: Sequence[_Stretch]) -> Iterator[StatusScope]:
    reached = 0
    for stretch in stretches:
        start = max(stretch.start, reached)
        text = cues.plain[start : stretch.end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        if start < end:
            reached = end
            yield StatusScope(
                field=cues.field, start=start, end=end, status=stretch.status, reason=stretch.words
            )

"""Describe a trigger by readable features: which cues stand where, and the trigger's own form.

A feature is ``class@zone`` or ``class@zone&form``: "refusal@near&noun" is a verb of refusal at most
three words before a noun. Each is mapped to the cue that made it true, whose words are the reason
of a verdict.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from services.tagger.status.cue_classes import (
    BORDERS,
    GRAMMAR,
    CueClass,
    bits_of,
    classes_of,
)
from services.tagger.status.cue_scan import CueScan
from services.tagger.status.event_kind import EventKind
from services.tagger.status.trigger_form import TriggerForm, trigger_form

Features = dict[str, int]
TRIGGER: Final = -1
"""The number that stands for the trigger itself instead of a cue."""
_REACH: Final = 400
"""Characters on either side of a trigger that are read, so that no text makes this slow."""
_NEAR_WORDS: Final = 4
_NEXT_WORDS: Final = 2
_GOVERNOR_WORDS: Final = 8
_BY_FORM: Final = frozenset({"chain", "near", "left", "governor", "next", "right"})
"""Zones in which the trigger's form makes a difference."""
_SCARE_QUOTES: Final = {'"': '"', "“": "”", "„": "“", "«": "»"}
_BORDER: Final = bits_of(BORDERS)
_COMMA: Final = bits_of([CueClass.COMMA])
_JUNCTURE: Final = bits_of([CueClass.JUNCTURE])
_GRAMMAR: Final = bits_of(GRAMMAR)
_NO_GOVERNOR: Final = bits_of(
    (
        CueClass.COMMA,
        CueClass.BORDER,
        CueClass.THIS_WEEK,
        CueClass.WEEKDAY,
        CueClass.RECENT,
        CueClass.WEAK_SOURCE,
        CueClass.BE,
        CueClass.PAST_BE,
        CueClass.WEAK_RECENT,
    )
)
_Zones = Iterator[tuple[int, str]]


def trigger_features(cues: CueScan, start: int, end: int, kind: EventKind) -> Features:
    """Return the features of the trigger from ``start`` to ``end``, with the cue of each."""
    first, last = cues.sentence(start)
    first, last = max(first, start - _REACH), min(last, end + _REACH)
    earliest = bisect_left(cues.starts, first)
    before = bisect_left(cues.starts, start, earliest)
    while before > earliest and cues.ends[before - 1] > start:
        before -= 1
    form = trigger_form(cues, earliest, before, (start, end), kind)
    features: Features = dict.fromkeys(_own_features(cues, start, end, kind, form), TRIGGER)
    if cues.plain[max(start, last - 3) : last].rstrip().endswith("?"):
        features["a question"] = TRIGGER
    chain_start = cues.starts[form.chain] if form.chain < before else start
    for index, zone in _zones_before(cues, earliest, before, form, chain_start):
        for name in _names(cues.bits[index], zone, form.name):
            features.setdefault(name, index)
    for index, zone in _zones_after(cues, end, last):
        for name in _names(cues.bits[index], zone, form.name):
            features.setdefault(name, index)
    if form.chain < before:
        _add_chain(features, cues, form, before)
    return features


def _own_features(
    cues: CueScan, start: int, end: int, kind: EventKind, form: TriggerForm
) -> Iterator[str]:
    """Yield what is said of the trigger without any cue."""
    yield f"form={form.name}"
    if cues.field == "headline":
        yield f"headline&{form.name}"
    if kind.is_scheduled:
        yield f"scheduled&{form.name}"
    if start and _SCARE_QUOTES.get(cues.plain[start - 1]) == cues.plain[end : end + 1]:
        yield "scare quotes"


@lru_cache(maxsize=65536)
def _names(bits: int, zone: str, form: str) -> tuple[str, ...]:
    """Return the names of the features of a cue in a zone."""
    plain = tuple(f"{kind}@{zone}" for kind in classes_of(bits))
    return plain + tuple(f"{name}&{form}" for name in plain) if zone in _BY_FORM else plain


def _zones_before(
    cues: CueScan, earliest: int, before: int, form: TriggerForm, chain_start: int
) -> _Zones:
    """Yield each cue before the trigger, the nearest first, with its zone."""
    is_beyond = is_soft = has_governor = False
    for index in range(before - 1, earliest - 1, -1):
        if index >= form.chain:
            yield index, "chain"
            continue
        bits = cues.bits[index]
        if is_beyond:
            yield index, "before"
        else:
            gap = cues.plain.count(" ", cues.ends[index], chain_start)
            yield index, "far" if is_soft else "near" if gap <= _NEAR_WORDS else "left"
            if not has_governor and not is_soft and gap <= _GOVERNOR_WORDS and bits & ~_NO_GOVERNOR:
                has_governor = True
                yield index, "governor"
        is_soft = is_soft or bool(bits & _COMMA)
        is_beyond = is_beyond or bool(bits & _BORDER)


def _zones_after(cues: CueScan, end: int, last: int) -> _Zones:
    """Yield each cue after the trigger with its zone."""
    is_beyond = is_soft = False
    first = bisect_left(cues.starts, end)
    for index in range(first, bisect_left(cues.starts, last, first)):
        bits = cues.bits[index]
        is_juncture = bool(bits & _JUNCTURE)
        is_beyond = is_beyond or (bool(bits & _BORDER) and not is_juncture)
        if is_beyond:
            yield index, "behind"
        elif is_soft:
            yield index, "beside"
        else:
            gap = cues.plain.count(" ", end, cues.starts[index])
            yield index, "next" if gap <= _NEXT_WORDS else "right"
        is_soft = is_soft or is_juncture or bool(bits & _COMMA)


def _add_chain(features: Features, cues: CueScan, form: TriggerForm, before: int) -> None:
    """Add the chain's composition, which is tense, aspect and mood in one.

    Also joined with each class of its governor: "said he had" is another past than "he had".
    """
    bits = 0
    for index in range(form.chain, before):
        bits |= cues.bits[index]
    chain = "chain=" + "+".join(sorted(classes_of(bits & _GRAMMAR)))
    governors = [name for name in features if name.endswith("@governor")]
    features[chain] = form.chain
    for name in governors:
        features[f"{name.partition('@')[0]}>{chain}"] = features[name]

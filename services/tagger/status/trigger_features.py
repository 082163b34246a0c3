"""Describe a trigger by readable features: which cues stand where, and the trigger's own form.

A feature is ``class@zone`` or ``class@zone&form``: "refusal@near&noun" is a verb of refusal at most
three words before a noun. Each is mapped to the cue that made it true, whose words are the reason
of a verdict.
"""

from bisect import bisect_left
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
from services.tagger.status.trigger_form import FormName, TriggerForm, trigger_form

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
_TIMES: Final = bits_of(
    (CueClass.THIS_WEEK, CueClass.WEEKDAY, CueClass.RECENT, CueClass.LONG_AGO, CueClass.WEEKS_AGO)
)
_DOUBTING: Final = bits_of((CueClass.REBUTTAL, CueClass.UNVERIFIED))
"""What the following sentence may say of a claim."""
_CLOSING: Final = bits_of(
    (CueClass.CLAIM, CueClass.HEARSAY, CueClass.PARTY, CueClass.ANONYMOUS, CueClass.REPORT)
)
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
        CueClass.RELATIVE,
    )
)


def trigger_features(cues: CueScan, start: int, end: int, kind: EventKind) -> Features:
    """Return the features of the trigger from ``start`` to ``end``, with the cue of each."""
    first, last = cues.sentence(start)
    first, last = max(first, start - _REACH), min(last, end + _REACH)
    earliest = bisect_left(cues.starts, first)
    before = bisect_left(cues.starts, start, earliest)
    while before > earliest and cues.ends[before - 1] > start:
        before -= 1
    form = trigger_form(cues, earliest, before, (start, end), kind)
    names = _own_names(
        form.name, is_scheduled=kind.is_scheduled, is_headline=cues.field == "headline"
    )
    features: Features = dict.fromkeys(names, TRIGGER)
    if start and _SCARE_QUOTES.get(cues.plain[start - 1]) == cues.plain[end : end + 1]:
        features["scare quotes"] = TRIGGER
    if cues.plain[max(start, last - 3) : last].rstrip().endswith("?"):
        features["a question"] = TRIGGER
    chain, governor = _add_before(features, cues, (earliest, before), form, start)
    _add_after(features, cues, end, last, form.name)
    _add_sentences(features, cues, first, last)
    if form.name == "chained":
        _add_chain(features, cues, form, chain, governor)
    if form.is_progressive:
        features["form=progressive"] = TRIGGER
        features[f"progressive&{_chain_names(chain, 0)[0]}"] = TRIGGER
    return features


def _add_chain(
    features: Features, cues: CueScan, form: TriggerForm, chain: int, governor: int
) -> None:
    """Add the composition of a chain of auxiliaries, alone and with its governor's classes."""
    name, governed = _chain_names(chain, cues.bits[governor] if governor >= 0 else 0)
    features[name] = form.auxiliary if form.auxiliaries else form.chain
    for name in governed:
        features[name] = governor


@lru_cache(maxsize=64)
def _own_names(form: FormName, is_scheduled: bool, is_headline: bool) -> tuple[str, ...]:
    """Return what is said of a trigger without any cue."""
    names = [f"form={form}"]
    if is_headline:
        names.append(f"headline&{form}")
    if is_scheduled:
        names.append(f"scheduled&{form}")
    return tuple(names)


@lru_cache(maxsize=65536)
def _names(bits: int, zone: str, form: FormName) -> tuple[str, ...]:
    """Return the names of the features of a cue in a zone."""
    plain = tuple(f"{kind}@{zone}" for kind in classes_of(bits))
    return plain + tuple(f"{name}&{form}" for name in plain) if zone in _BY_FORM else plain


def _add_before(
    features: Features,
    cues: CueScan,
    span: tuple[int, int],
    form: TriggerForm,
    start: int,
) -> tuple[int, int]:
    """Add the features of each cue before the trigger, the nearest first.

    Returns the classes of its chain of auxiliaries and the number of its governor, -1 without one.
    """
    earliest, before = span
    name_of_form, plain, ends, classes = form.name, cues.plain, cues.ends, cues.bits
    chain_start = min(start, cues.starts[form.chain]) if form.chain < len(cues.starts) else start
    chain, governor = form.auxiliaries, -1
    for name in _names(chain, "chain", name_of_form):
        features[name] = form.auxiliary
    for index in range(before - 1, form.chain - 1, -1):
        bits = classes[index]
        chain |= bits
        for name in _names(bits, "chain", name_of_form):
            features.setdefault(name, index)
    is_beyond = is_soft = False
    for index in range(min(before, form.chain) - 1, earliest - 1, -1):
        bits = classes[index]
        if is_beyond:
            names = _names(bits, "before", name_of_form)
        else:
            gap = plain.count(" ", ends[index], chain_start)
            zone = "far" if is_soft else "near" if gap <= _NEAR_WORDS else "left"
            names = _names(bits, zone, name_of_form)
            if governor < 0 and not is_soft and gap <= _GOVERNOR_WORDS and bits & ~_NO_GOVERNOR:
                governor = index
                names += _names(bits, "governor", name_of_form)
            is_soft = is_soft or bool(bits & _COMMA)
            is_beyond = bool(bits & _BORDER)
        for name in names:
            features.setdefault(name, index)
    return chain, governor


def _add_after(features: Features, cues: CueScan, end: int, last: int, form: FormName) -> None:
    """Add the features of each cue after the trigger up to ``last``."""
    plain, starts = cues.plain, cues.starts
    is_beyond = is_soft = False
    first = bisect_left(starts, end)
    for index in range(first, bisect_left(starts, last, first)):
        bits = cues.bits[index]
        is_juncture = bool(bits & _JUNCTURE)
        is_beyond = is_beyond or (bool(bits & _BORDER) and not is_juncture)
        if is_beyond:
            zone = "behind"
        elif is_soft:
            zone = "beside"
        else:
            is_next = plain.count(" ", end, starts[index]) <= _NEXT_WORDS
            zone = "next" if is_next else "right"
        if bits & _CLOSING and is_soft and len(plain[cues.ends[index] : last].strip()) < 2:
            for name in _names(bits & _CLOSING, "closing", form):
                features.setdefault(name, index)
        for name in _names(bits, zone, form):
            features.setdefault(name, index)
        is_soft = is_soft or is_juncture or bool(bits & _COMMA)


def _add_sentences(features: Features, cues: CueScan, first: int, last: int) -> None:
    """Add how the sentence and the ones before it are dated, and the doubt of the next one."""
    starts, bits = cues.starts, cues.bits
    earliest, after = bisect_left(starts, first), bisect_left(starts, last)
    for index in range(earliest, after):
        for name in _names(bits[index] & _TIMES, "sentence", "noun"):
            features.setdefault(name, index)
    for index in range(earliest - 1, max(-1, earliest - 40), -1):
        if times := bits[index] & _TIMES:
            for name in _names(times, "story", "noun"):
                features.setdefault(name, index)
            break
    end = cues.sentence(last)[1] if last < len(cues.plain) else last
    for index in range(after, bisect_left(starts, min(end, last + _REACH), after)):
        for name in _names(bits[index] & _DOUBTING, "following", "noun"):
            features.setdefault(name, index)


@lru_cache(maxsize=4096)
def _chain_names(chain: int, governor: int) -> tuple[str, tuple[str, ...]]:
    """Return the name of a chain's composition, which is tense, aspect and mood in one.

    Also joined with each class of its governor: "said he had" is another past than "he had".
    """
    name = "chain=" + "+".join(sorted(classes_of(chain & _GRAMMAR)))
    return name, tuple(f"{kind}>{name}" for kind in classes_of(governor))

"""Describe a trigger by readable features: which cues stand where, and the trigger's own form.

A feature is ``class@zone`` or ``class@zone&form``: "refusal@near&noun" is a verb of refusal at most
three words before a noun. Each is mapped to the cue that made it true, whose words are the reason
of a verdict.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import msgspec

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
ZONES: Final = (
    "chain", "near", "left", "far", "before", "governor", "next", "right", "beside", "behind",
    "closing", "sentence", "story", "following",
)  # fmt: skip
"""Where a cue may stand, from the auxiliaries before a trigger to the next sentence."""
CHAIN, NEAR, LEFT, FAR, BEFORE, GOVERNOR, NEXT, RIGHT, BESIDE, BEHIND = range(10)
CLOSING, SENTENCE, STORY, FOLLOWING = range(10, len(ZONES))
Placement = tuple[int, int, int]
"""A zone, classes of cues, and the number of the cue nearest to the trigger that has them."""
_REACH: Final = 400
"""Characters on either side of a trigger that are read, so that no text makes this slow."""
_NEAR_WORDS: Final = 4
_NEXT_WORDS: Final = 2
_GOVERNOR_WORDS: Final = 8
_BY_FORM: Final = frozenset({CHAIN, NEAR, LEFT, GOVERNOR, NEXT, RIGHT})
"""Zones in which the trigger's form makes a difference."""
_SCARE_QUOTES: Final = {'"': '"', "“": "”", "„": "“", "«": "»"}
_TIMES: Final = bits_of(
    (
        CueClass.THIS_WEEK,
        CueClass.WEEKDAY,
        CueClass.RECENT,
        CueClass.LONG_AGO,
        CueClass.WEEKS_AGO,
        CueClass.BACKGROUND,
    )
)
_DOUBTING: Final = bits_of((CueClass.REBUTTAL, CueClass.UNVERIFIED))
"""What the following sentence may say of a claim."""
_CLOSING: Final = bits_of(
    (CueClass.CLAIM, CueClass.HEARSAY, CueClass.PARTY, CueClass.ANONYMOUS, CueClass.REPORT)
)
_BORDER: Final = bits_of(BORDERS)
_COMMA: Final = bits_of([CueClass.COMMA])
_JUNCTURE: Final = bits_of([CueClass.JUNCTURE])
_SOFT: Final = _COMMA | _JUNCTURE
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


class TriggerContext(msgspec.Struct, frozen=True, gc=False):
    """A trigger with what stands beside it, each class of cues once a zone.

    ``own`` are the features that need no cue, ``chain`` those of its auxiliaries together,
    and with their governor: name and cue. ``classes`` are those of each zone.
    """

    form: FormName
    own: list[str]
    placements: list[Placement]
    chain: list[tuple[str, int]]
    classes: list[int]

    def place(self, zone: int, bits: int, cue: int) -> None:
        """Place those of a cue's classes that no nearer cue in the zone has."""
        if new := bits & ~self.classes[zone]:
            self.placements.append((zone, new, cue))
            self.classes[zone] |= new

    def features(self) -> Features:
        """Return the names of all features with the cue of each."""
        features = dict.fromkeys(self.own, TRIGGER)
        for zone, bits, cue in self.placements:
            for name in zone_features(zone, bits, self.form):
                features[name] = cue
        return features | dict(self.chain)


def trigger_context(cues: CueScan, start: int, end: int, kind: EventKind) -> TriggerContext:
    """Return the context of the trigger from ``start`` to ``end``."""
    first, last = cues.sentence(start)
    first, last = max(first, start - _REACH), min(last, end + _REACH)
    earliest = bisect_left(cues.starts, first)
    before = bisect_left(cues.starts, start, earliest)
    while before > earliest and cues.ends[before - 1] > start:
        before -= 1
    form = trigger_form(cues, earliest, before, (start, end), kind)
    is_headline = cues.field == "headline"
    own = list(_form_features(form.name, is_headline=is_headline, is_scheduled=kind.is_scheduled))
    if start and _SCARE_QUOTES.get(cues.plain[start - 1]) == cues.plain[end : end + 1]:
        own.append("scare quotes")
    if cues.plain[max(start, last - 3) : last].rstrip().endswith("?"):
        own.append("a question")
    context = TriggerContext(form.name, own, [], [], [0] * len(ZONES))
    chain, governor = _place_before(context, cues, (earliest, before), form, start)
    _place_after(context, cues, end, last)
    _place_sentences(context, cues, start, first, last)
    if form.name == "chained":
        name, governed = _chain_names(chain, cues.bits[governor] if governor >= 0 else 0)
        context.chain.append((name, form.auxiliary if form.auxiliaries else form.chain))
        context.chain.extend([(name, governor) for name in governed])
    if form.is_progressive:
        names = ("form=progressive", f"progressive&{_chain_names(chain, 0)[0]}")
        context.chain.extend([(name, TRIGGER) for name in names])
    return context


@lru_cache(maxsize=64)
def _form_features(form: FormName, *, is_headline: bool, is_scheduled: bool) -> tuple[str, ...]:
    names = [f"form={form}"]
    if is_headline:
        names.append(f"headline&{form}")
    if is_scheduled:
        names.append(f"scheduled&{form}")
    return tuple(names)


def zone_features(zone: int, bits: int, form: FormName) -> Iterator[str]:
    """Yield the names of the features of cue classes in a zone."""
    for ending in ("", f"&{form}") if zone in _BY_FORM else ("",):
        for kind in classes_of(bits):
            yield f"{kind}@{ZONES[zone]}{ending}"


def _place_before(
    context: TriggerContext,
    cues: CueScan,
    span: tuple[int, int],
    form: TriggerForm,
    start: int,
) -> tuple[int, int]:
    """Place each cue before the trigger, the nearest first.

    Returns the classes of its chain of auxiliaries and the number of its governor, -1 without one.
    """
    earliest, before = span
    plain, ends, classes = cues.plain, cues.ends, cues.bits
    placements, placed = context.placements, context.classes
    chain_start = min(start, cues.starts[form.chain]) if form.chain < len(cues.starts) else start
    chain, governor = form.auxiliaries, -1
    if chain:
        placements.append((CHAIN, chain, form.auxiliary))
    for index in range(before - 1, form.chain - 1, -1):
        bits = classes[index]
        if new := bits & ~chain:
            placements.append((CHAIN, new, index))
            chain |= bits
    placed[CHAIN] = chain
    zone, is_soft = NEAR, False
    for index in range(min(before, form.chain) - 1, earliest - 1, -1):
        bits, is_governor = classes[index], False
        if zone != BEFORE and not is_soft:
            gap = plain.count(" ", ends[index], chain_start)
            zone = NEAR if gap <= _NEAR_WORDS else LEFT
            is_governor = governor < 0 and gap <= _GOVERNOR_WORDS and bool(bits & ~_NO_GOVERNOR)
        if new := bits & ~placed[zone]:
            placements.append((zone, new, index))
            placed[zone] |= bits
        if is_governor:
            governor = index
            placements.append((GOVERNOR, bits, index))
        if zone != BEFORE:
            is_soft = is_soft or bool(bits & _COMMA)
            zone = BEFORE if bits & _BORDER else FAR if is_soft else zone
    return chain, governor


def _place_after(context: TriggerContext, cues: CueScan, end: int, last: int) -> None:
    """Place each cue after the trigger up to ``last``."""
    plain, starts, classes = cues.plain, cues.starts, cues.bits
    placements, placed = context.placements, context.classes
    zone, is_soft = NEXT, False
    first = bisect_left(starts, end)
    for index in range(first, bisect_left(starts, last, first)):
        bits = classes[index]
        if bits & _BORDER and not bits & _JUNCTURE:
            zone = BEHIND
        elif zone == NEXT and plain.count(" ", end, starts[index]) > _NEXT_WORDS:
            zone = RIGHT
        if bits & _CLOSING and is_soft and len(plain[cues.ends[index] : last].strip()) < 2:
            context.place(CLOSING, bits & _CLOSING, index)
        if new := bits & ~placed[zone]:
            placements.append((zone, new, index))
            placed[zone] |= bits
        if bits & _SOFT:
            is_soft = True
            zone = zone if zone == BEHIND else BESIDE


def _place_sentences(
    context: TriggerContext, cues: CueScan, start: int, first: int, last: int
) -> None:
    """Place how the sentence and the ones before it are dated, and the doubt of the next one."""
    starts, bits = cues.starts, cues.bits
    earliest, after = bisect_left(starts, first), bisect_left(starts, last)
    dated = [index for index in range(earliest, after) if bits[index] & _TIMES]
    if dated:
        nearest = min(dated, key=lambda index: abs(starts[index] - start))
        context.place(SENTENCE, bits[nearest] & _TIMES, nearest)
    for index in range(earliest - 1, max(-1, earliest - 40), -1):
        if times := bits[index] & _TIMES:
            context.place(STORY, times, index)
            break
    end = cues.sentence(last)[1] if last < len(cues.plain) else last
    for index in range(after, bisect_left(starts, min(end, last + _REACH), after)):
        if doubt := bits[index] & _DOUBTING:
            context.place(FOLLOWING, doubt, index)


@lru_cache(maxsize=4096)
def _chain_names(chain: int, governor: int) -> tuple[str, tuple[str, ...]]:
    """Return the name of a chain's composition, which is tense, aspect and mood in one.

    Also joined with each class of its governor: "said he had" is another past than "he had".
    """
    name = "chain=" + "+".join(sorted(classes_of(chain & _GRAMMAR)))
    return name, tuple(f"{kind}>{name}" for kind in classes_of(governor))

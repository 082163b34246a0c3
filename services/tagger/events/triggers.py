"""Find the triggers of events in one field: verbs and nouns, with the words that belong to them."""

import re
from bisect import bisect_left
from collections.abc import Container
from functools import cached_property
from typing import Final

import msgspec
from msgspec import structs

from services.tagger.events.part_of_speech import is_noun_here, is_noun_modifier
from services.tagger.events.participants import Participants
from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.vocabulary.entries import EventType
from services.tagger.vocabulary.trigger_patterns import ENGLISH, GroupSide, TriggerPattern
from services.tagger.vocabulary.vocabulary import (
    ACTOR,
    LIGHT_VERB,
    OVERSEEING_VERB,
    EventVocabulary,
    TriggerCandidate,
    TriggerCandidates,
)

_CARRYING: Final = frozenset({LIGHT_VERB, OVERSEEING_VERB})
_REACH: Final = 80
_NEAR: Final = 40
_STOPS_A_GAP: Final = (
    "after|before|against|because|when|while|if|who|whom|over|amid|from|into|on|at|by|near|but"
    "|than|until|since|though|although|said|says|was|were|is|are|has|have|had|will|would|could"
)
_GAP: Final = re.compile(
    rf"(?:[ \u00a0,\"“”‘(-]+(?!(?:{_STOPS_A_GAP})\b)[^\s,\"“”(;:!?—-]+)*[ \u00a0,\"“”‘(-]+"
)
_WORD: Final = re.compile(r"[^\s,\"“”(;:!?—-]+")
_COMPOUND_GAP: Final = re.compile(
    rf"(?:[ -]|['’] |, | and | or )(?:(?!(?:{_STOPS_A_GAP})\b)[\w-]+ ){{0,2}}"
)
_OF_GAP: Final = re.compile(r" (?:of|from|to|against|de|des|du|del|der) (?:[^\s,;:!?—()]+ ){0,6}")
_PASSIVE_GAP: Final = re.compile(
    r" ?(?:[^;:!?—()]* (?:is|are|was|were|be|been|being|get|got))?"
    r"(?: (?:not|never|also|again|now|still|all|both|then|already|later|first|soon|\w+ly))* "
)
_PART: Final = re.compile(
    r"[ -](?:strikes?|attacks?|defen[cs]es?|shield|program(?:me)?s?|engines?|base|bases|sites?"
    r"|systems?|technolog\w+|parts|scientists?|crews?|developers?|units?|units|makers?|alerts?)\b"
)
_NO_TARGET: Final = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July"
    r"|August|September|October|November|December)"
)
_AIM: Final = re.compile(
    rf" (?:(?:at|on|against|towards?|into)(?: (?:the|a|an|its|several|two|three))?"
    rf" (?!{_NO_TARGET})[A-Z]|(?:at|on|against) (?:[a-z-]+ ){{0,2}}(?:targets|troops|positions"
    rf"|towns?|cities|civilians|forces|ships|protesters|demonstrators|infrastructure|homes|bases))"
)
_TITLES: Final = re.compile(r"(?: (?:[A-Z][\w.-]*|of|his|her|its|the|national|security|adviser))* ")
_SEA: Final = re.compile(
    r" (?:into|towards?|off) (?:the )?(?:Sea|East Sea|West Sea|Pacific|Yellow)"
)


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """A trigger of an event.

    ``start`` to ``end`` is the whole span; ``verb_start`` to ``verb_end`` is the verb, or the noun
    where there is none, beside which the participants stand. ``is_noun`` is None where the text
    does not tell; ``is_nominal`` is what the vocabulary lists. ``is_light``: a noun with the verb
    that carries it out, ``is_overseen`` with one of watching it. ``object_start`` is where a
    passive's object stands before it, else -1.
    """

    start: int
    end: int
    event: EventType
    is_noun: bool | None
    is_nominal: bool
    is_participle: bool
    verb_start: int
    verb_end: int
    is_short: bool = False
    is_light: bool = False
    is_overseen: bool = False
    object_start: int = -1


def find_triggers(
    scan: FieldScan, participants: Participants, vocabulary: EventVocabulary, language: str
) -> list[Trigger]:
    """Return every trigger of a field in ``language``, short and overlapping ones included."""
    by_words = vocabulary.triggers.get(language or ENGLISH)
    if by_words is None:
        return []
    spans = scan.spans_by_kind.get(NameKind.EVENT)
    if not spans:
        return []
    language = language or ENGLISH
    reader, triggers = _TriggerReader(scan, participants, vocabulary, language), []
    groups = reader.groups
    for span in spans:
        for _kind, words, _spelling, language_of_name in span.names:
            if language_of_name == language:
                candidates = by_words[words]
                if not (candidates.groups and candidates.groups.isdisjoint(groups)):
                    triggers += reader.read(span, candidates)
    return triggers


def longest_triggers(triggers: list[Trigger], established: Container[str]) -> list[Trigger]:
    """Drop what another trigger includes, and short ones of events that are not established.

    In text order. Of one event the longest trigger stays. Inside a trigger of another event, or as
    the object of a passive, only a scheduled event stays: an announced summit is a summit, while
    sanctions that were lifted were not imposed. Of a scheduled event's noun and its passive verb
    the noun stays: the summit that will be held.
    """
    ordered = sorted(
        (
            trigger
            for trigger in triggers
            if not trigger.is_short or trigger.event.id in established
        ),
        key=_longest_first,
    )
    objects = sorted({trigger.object_start for trigger in ordered if trigger.object_start >= 0})
    selected: list[Trigger] = []
    reach: dict[str, int] = {}
    noun_ends: dict[str, int] = {}
    outer_start = outer_end = -1
    for trigger in ordered:
        is_inside = trigger.end <= outer_end
        stays = trigger.event.scheduled and trigger.start > outer_start
        is_object = bisect_left(objects, trigger.start) < bisect_left(objects, trigger.end)
        is_repeated = trigger.object_start >= 0 and trigger.object_start < noun_ends.get(
            trigger.event.id, -1
        )
        if (
            trigger.start < reach.get(trigger.event.id, -1)
            or ((is_inside or is_object) and not stays)
            or is_repeated
        ):
            continue
        if is_object:
            noun_ends[trigger.event.id] = trigger.end
        reach[trigger.event.id] = trigger.end
        if not is_inside:
            outer_start, outer_end = trigger.start, trigger.end
        selected.append(trigger)
    return selected


def _longest_first(trigger: Trigger) -> tuple[int, int, bool, bool]:
    is_as_listed = trigger.is_nominal is (trigger.is_noun is not False)
    return trigger.start, -trigger.end, trigger.is_short, not is_as_listed


class _GroupWord(msgspec.Struct, frozen=True, order=True, gc=False):
    start: int
    end: int
    group: str


class _Bounds(msgspec.Struct, frozen=True, gc=False):
    start: int
    end: int
    object_start: int = -1


class _TriggerReader:
    """Reads what stands beside the trigger words of one field."""

    def __init__(
        self,
        scan: FieldScan,
        participants: Participants,
        vocabulary: EventVocabulary,
        language: str,
    ) -> None:
        self.language: Final = language
        self._plain: Final = scan.text.plain
        self._scan: Final = scan
        self._participants: Final = participants
        self._types: Final = vocabulary.types
        self._reaches: Final = vocabulary.reaches
        self._words: Final = sorted(
            [
                _GroupWord(span.start, span.end, name.owner)
                for span in scan.spans_by_kind.get(NameKind.EVENT_WORD, ())
                for name in span.names
                if name.language == language
            ]
        )
        self._word_starts: Final = [word.start for word in self._words]
        self.groups: Final = {ACTOR, *[word.group for word in self._words]}
        self._stops: Final[dict[str, list[tuple[int, int]]]] = {}
        for span in sorted(scan.spans_by_kind.get(NameKind.EVENT_STOP, ())):
            for name in span.names:
                self._stops.setdefault(name.owner, []).append((span.start, span.end))

    def _is_stopped(self, span: CandidateSpan, event: EventType) -> bool:
        """Return whether the span is part of a longer phrase that is no such event."""
        stops = self._stops.get(event.id)
        if not stops:
            return False
        last = bisect_left(stops, (span.start + 1, 0))
        return any(
            end >= span.end and (start, end) != (span.start, span.end)
            for start, end in stops[max(0, last - 2) : last]
        )

    def _has_company(self, span: CandidateSpan) -> bool:
        """Return whether the sentence of the span names a participant of any kind."""
        if not self._participants.all:
            return False
        sentence = self._scan.sentences.around(span.start, span.end)
        return self._participants.is_any_within(sentence.start, sentence.stop)

    def read(self, span: CandidateSpan, candidates: TriggerCandidates) -> list[Trigger]:
        """Return the triggers at a span that its candidates' conditions allow."""
        has_company = not candidates.has_weak or self._has_company(span)
        if not has_company and candidates.is_weak:
            return []
        noun = self._is_noun(span) if candidates.is_mixed else candidates.is_noun
        is_modifier = candidates.has_past and is_noun_modifier(self._plain, span.start, span.end)
        triggers: list[Trigger] = []
        for candidate in candidates.all:
            event, pattern = candidate.event, candidate.pattern
            if (
                (pattern.group and pattern.group not in self.groups)
                or (pattern.is_weak and not has_company)
                or (candidate.is_either and noun is not None and noun is not pattern.is_noun)
                or (candidate.is_past and is_modifier)
                or (self._stops and self._is_stopped(span, event))
            ):
                continue
            bounds = self._bounds(span, candidate)
            if bounds is None:
                continue
            trigger = Trigger(
                bounds.start,
                bounds.end,
                event,
                noun if candidate.is_ambiguous else pattern.is_noun,
                pattern.is_noun,
                candidate.is_participle,
                span.start,
                span.end,
                pattern.is_short,
                object_start=bounds.object_start,
            )
            triggers.append(
                self._aimed(self._with_light_verb(trigger) if pattern.is_noun else trigger)
            )
        return triggers

    def _is_noun(self, span: CandidateSpan) -> bool | None:
        """Return whether the text uses an ambiguous word as a noun; None if it does not tell."""
        if self.language == "de":
            return self._plain[span.start].isupper()
        if self.language != ENGLISH:
            return None
        return is_noun_here(self._plain, span.start, span.end)

    def _bounds(self, span: CandidateSpan, candidate: TriggerCandidate) -> _Bounds | None:
        """Return the trigger's span with the word of its group, None if that is missing."""
        pattern = candidate.pattern
        if pattern.side is GroupSide.NONE:
            return _Bounds(span.start, span.end - pattern.tail)
        if pattern.side is GroupSide.BEFORE:
            word = self._word_before(span.start, pattern.group, _COMPOUND_GAP)
            return _Bounds(word.start, span.end) if word else None
        word = self._word_after(span.end, pattern)
        if word:
            return _Bounds(span.start, word.end)
        if not candidate.is_participle:
            return None
        patient = self._word_before(span.start, pattern.group, _PASSIVE_GAP)
        return _Bounds(span.start, span.end, patient.start) if patient else None

    def _word_after(self, end: int, pattern: TriggerPattern) -> _GroupWord | None:
        group = pattern.group
        if group == ACTOR:
            return self._actor_after(end)
        reach = self._reaches[group]
        if pattern.is_noun:
            end -= pattern.tail
        first = bisect_left(self._word_starts, end)
        for index in range(first, min(len(self._words), first + 8)):
            word = self._words[index]
            if word.start > end + _REACH:
                return None
            if word.group != group:
                continue
            if not self._is_one(end, word.start):
                return None
            gap = self._plain[end : word.start]
            if pattern.is_noun:
                fits = _OF_GAP.fullmatch(gap) is not None
            else:
                fits = _GAP.fullmatch(gap) is not None and len(_WORD.findall(gap)) <= reach
            return word if fits and not _PART.match(self._plain, word.end) else None
        return None

    def _actor_after(self, end: int) -> _GroupWord | None:
        """Return the person whose name or title follows directly, as an empty word."""
        index = bisect_left(self._people, end)
        start = self._people[index] if index < len(self._people) else len(self._plain)
        if start - end > _REACH or not _TITLES.fullmatch(self._plain, end, start):
            return None
        return _GroupWord(end, end, ACTOR)

    @cached_property
    def _people(self) -> list[int]:
        return sorted(span.start for span in self._scan.spans(NameKind.PERSON, NameKind.SURNAME))

    def _word_before(self, start: int, group: str, gap: re.Pattern[str]) -> _GroupWord | None:
        last = bisect_left(self._word_starts, start) - 1
        for index in range(last, max(-1, last - 8), -1):
            word = self._words[index]
            if word.end < start - _REACH:
                return None
            if word.group == group and word.end <= start:
                fits = self._is_one(word.start, start) and gap.fullmatch(
                    self._plain, word.end, start
                )
                return self._longest_word(index) if fits else None
        return None

    def _longest_word(self, index: int) -> _GroupWord:
        """Return the word at an index, or the longer one of its group that ends with it."""
        word = self._words[index]
        for earlier in self._words[max(0, index - 3) : index]:
            if earlier.end == word.end and earlier.group == word.group:
                return earlier
        return word

    def _is_one(self, start: int, end: int) -> bool:
        return not self._scan.sentences.is_divided(start, end)

    def _with_light_verb(self, trigger: Trigger) -> Trigger:
        """Return a noun's trigger with the verb before it that carries it out, if there is one."""
        last = bisect_left(self._word_starts, trigger.start) - 1
        for index in range(last, max(-1, last - 4), -1):
            word = self._words[index]
            if word.end < trigger.start - _NEAR:
                break
            if word.group in _CARRYING and word.end < trigger.start:
                gap = self._plain[word.end : trigger.start]
                is_object = _GAP.fullmatch(gap) and not gap.startswith(" for ")
                if is_object and not self._is_nominal(word):
                    return structs.replace(
                        trigger,
                        start=word.start,
                        is_noun=False,
                        verb_start=word.start,
                        verb_end=word.end,
                        is_light=True,
                        is_overseen=word.group == OVERSEEING_VERB,
                    )
                break
        return trigger

    def _is_nominal(self, word: _GroupWord) -> bool:
        return is_noun_here(self._plain, word.start, word.end) is True or is_noun_modifier(
            self._plain, word.start, word.end
        )

    def _aimed(self, trigger: Trigger) -> Trigger:
        """Return the trigger as the other type's where it has a target: fired rockets at Israel."""
        if trigger.event.aimed is None:
            return trigger
        if (
            trigger.is_short
            or not _AIM.match(self._plain, trigger.end)
            or _SEA.match(self._plain, trigger.end)
        ):
            return trigger
        return structs.replace(trigger, event=self._types[trigger.event.aimed])

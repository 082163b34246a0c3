"""The event types, indexed by the words that the finder looks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from services.tagger.scan.automaton import Name, NameKind
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.entries import EventType, EventWords
from services.tagger.vocabulary.inflection import (
    PARTICIPLES,
    PASTS,
    WordForm,
    noun_forms,
    verb_forms,
)
from services.tagger.vocabulary.trigger_patterns import (
    ENGLISH,
    GroupSide,
    TriggerPattern,
    trigger_patterns,
)

ACTOR: Final = "actor"
"""The group of all people whom the data name: fired <actor>."""
LIGHT_VERB: Final = "light-verb"
"""The group of verbs that only carry out their noun: held talks."""
OVERSEEING_VERB: Final = "overseeing-verb"
"""The group of verbs whose subject was there: Kim watched the test."""
_EITHER: Final = frozenset({WordForm.BASE, WordForm.THIRD, WordForm.NOUN})


class TriggerCandidate(NamedTuple):
    """A trigger that words may be, with what its form says.

    ``is_ambiguous``: its form does not tell a noun from a verb; ``is_either``: nor does anything
    else in it, such as a second word. ``is_participle`` includes forms that are also the past.
    """

    event: EventType
    pattern: TriggerPattern
    is_ambiguous: bool
    is_either: bool
    is_past: bool
    is_participle: bool


class TriggerCandidates(NamedTuple):
    """The triggers that the same words may be.

    ``is_noun`` is None where only the text tells; ``has_past``: some are past forms. ``groups``:
    all of them need a word of one of these; empty if some need none. ``has_weak``: some are weak;
    ``is_weak``: all are.
    """

    all: tuple[TriggerCandidate, ...]
    is_noun: bool | None
    is_mixed: bool
    has_past: bool
    groups: frozenset[str]
    has_weak: bool
    is_weak: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventVocabulary:
    """Event types by id, their triggers by language and normalised words, and each group's reach.

    A name of kind EVENT has its trigger's normalised words as owner, one of kind EVENT_WORD its
    group's id, one of kind EVENT_STOP its event's.
    """

    types: Mapping[str, EventType]
    triggers: Mapping[str, Mapping[str, TriggerCandidates]]
    reaches: Mapping[str, int]


def build_vocabulary(types: Iterable[EventType], groups: Iterable[EventWords]) -> EventVocabulary:
    """Index valid event types and groups of words."""
    ordered = sorted(types, key=lambda event: event.id)
    triggers: dict[str, dict[str, list[TriggerCandidate]]] = {}
    for event in ordered:
        for pattern in trigger_patterns(event):
            by_words = triggers.setdefault(pattern.language, {})
            by_words.setdefault(normalise_name(pattern.words), []).append(
                _candidate(event, pattern)
            )
    return EventVocabulary(
        types=MappingProxyType({event.id: event for event in ordered}),
        triggers=MappingProxyType(
            {
                language: MappingProxyType(
                    {words: _candidates(tuple(both)) for words, both in by_words.items()}
                )
                for language, by_words in triggers.items()
            }
        ),
        reaches=MappingProxyType({group.id: group.reach for group in groups}),
    )


def _candidate(event: EventType, pattern: TriggerPattern) -> TriggerCandidate:
    is_either = (
        pattern.form in _EITHER
        and " " not in pattern.words
        and (not pattern.is_noun or pattern.side is GroupSide.NONE)
    )
    return TriggerCandidate(
        event,
        pattern,
        pattern.form in _EITHER or pattern.form is WordForm.ING,
        is_either,
        pattern.form in PASTS,
        pattern.form in PARTICIPLES,
    )


def _candidates(candidates: tuple[TriggerCandidate, ...]) -> TriggerCandidates:
    is_mixed = len({candidate.pattern.is_noun for candidate in candidates}) > 1
    first = candidates[0].pattern
    groups = frozenset(candidate.pattern.group for candidate in candidates)
    return TriggerCandidates(
        candidates,
        None if is_mixed or first.form is WordForm.ING else first.is_noun,
        is_mixed,
        any(candidate.is_past for candidate in candidates),
        groups if "" not in groups else frozenset(),
        any(candidate.pattern.is_weak for candidate in candidates),
        all(candidate.pattern.is_weak for candidate in candidates),
    )


def event_names(types: Iterable[EventType], groups: Iterable[EventWords]) -> Iterator[Name]:
    """Yield what the finder looks for, with its language: triggers, words of groups, stops."""
    for event in types:
        for pattern in trigger_patterns(event):
            yield Name(
                NameKind.EVENT, normalise_name(pattern.words), pattern.words, pattern.language
            )
        yield from (Name(NameKind.EVENT_STOP, event.id, stop, ENGLISH) for stop in event.stops)
    for group in groups:
        for word in _english_words(group):
            yield Name(NameKind.EVENT_WORD, group.id, word, ENGLISH)
        for language, words in group.forms.items():
            yield from (Name(NameKind.EVENT_WORD, group.id, word, language) for word in words)


def _english_words(group: EventWords) -> Iterator[str]:
    for noun in group.nouns:
        yield from noun_forms(noun)
    for verb in group.verbs:
        yield from verb_forms(verb)
    yield from group.words

"""The event types, indexed by the words that the finder looks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.tagger.scan.automaton import Name, NameKind
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.entries import EventType, EventWords
from services.tagger.vocabulary.inflection import noun_forms, verb_forms
from services.tagger.vocabulary.trigger_patterns import (
    ENGLISH,
    TriggerPattern,
    trigger_patterns,
)

ACTOR: Final = "actor"
"""The group of all people whom the data name: fired <actor>."""
LIGHT_VERB: Final = "light-verb"
"""The group of verbs that only carry out their noun: held talks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventVocabulary:
    """Event types by id, their triggers by language and normalised words, and each group's reach.

    A name of kind EVENT has its trigger's normalised words as owner, one of kind EVENT_WORD its
    group's id, one of kind EVENT_STOP its event's.
    """

    types: Mapping[str, EventType]
    triggers: Mapping[str, Mapping[str, tuple[tuple[EventType, TriggerPattern], ...]]]
    reaches: Mapping[str, int]


def build_vocabulary(types: Iterable[EventType], groups: Iterable[EventWords]) -> EventVocabulary:
    """Index valid event types and groups of words."""
    ordered = sorted(types, key=lambda event: event.id)
    triggers: dict[str, dict[str, list[tuple[EventType, TriggerPattern]]]] = {}
    for event in ordered:
        for pattern in trigger_patterns(event):
            by_words = triggers.setdefault(pattern.language, {})
            by_words.setdefault(normalise_name(pattern.words), []).append((event, pattern))
    return EventVocabulary(
        types=MappingProxyType({event.id: event for event in ordered}),
        triggers=MappingProxyType(
            {
                language: MappingProxyType({words: tuple(both) for words, both in by_words.items()})
                for language, by_words in triggers.items()
            }
        ),
        reaches=MappingProxyType({group.id: group.reach for group in groups}),
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

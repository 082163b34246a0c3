"""Check event types: their triggers, the groups of words they name, and their codes."""

import re
from collections.abc import Iterator
from typing import Final

from services.tagger.data.parse_entries import LocatedEntry
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.entries import EventType, EventWords
from services.tagger.vocabulary.trigger_patterns import ENGLISH, TriggerError, split_trigger
from services.tagger.vocabulary.vocabulary import ACTOR
from shared.files.yaml_document import VALUE, Steps, did_you_mean

_CAMEO: Final = re.compile(r"(?:0[1-9]|1[0-9]|20)\d{1,2}")


def check_events(
    events: list[LocatedEntry[EventType]], groups: list[LocatedEntry[EventWords]]
) -> None:
    """Report every problem on the document of its entry."""
    group_ids = sorted(located.entry.id for located in groups)
    event_ids = sorted(located.entry.id for located in events)
    for event in events:
        for path, trigger in _triggers(event.entry):
            _check_trigger(event, path, trigger, group_ids)
        _check_weak(event)
        _check_codes(event)
        aimed = event.entry.aimed
        if aimed is not None and aimed not in event_ids:
            event.document.report(
                (*event.path, "aimed", VALUE),
                f"unknown event {aimed!r}",
                code="unknown-event",
                suggestion=did_you_mean(aimed, event_ids),
            )
    for group in groups:
        for path, word in _words(group.entry):
            _check_words(group, path, word)


def _triggers(event: EventType) -> Iterator[tuple[Steps, str]]:
    for field in ("verbs", "nouns"):
        for language, triggers in getattr(event, field).items():
            for index, trigger in enumerate(triggers):
                yield (field, language, index), trigger
    for field in ("verb_forms", "short_verbs", "short_nouns", "weak", "stops"):
        for index, trigger in enumerate(getattr(event, field)):
            yield (field, index), trigger


def _words(group: EventWords) -> Iterator[tuple[Steps, str]]:
    for field in ("nouns", "verbs", "words"):
        for index, word in enumerate(getattr(group, field)):
            yield (field, index), word
    for language, words in group.forms.items():
        for index, word in enumerate(words):
            yield ("forms", language, index), word


def _check_trigger(
    event: LocatedEntry[EventType], path: Steps, trigger: str, group_ids: list[str]
) -> None:
    try:
        words, _side, group = split_trigger(trigger)
    except TriggerError as error:
        event.document.report(
            (*event.path, *path),
            str(error),
            code="bad-trigger",
            suggestion="write it like “fire <weapon>” or “<weapon> test”",
        )
        return
    _check_words(event, path, words)
    if group and group not in group_ids and group != ACTOR:
        event.document.report(
            (*event.path, *path),
            f"unknown group of words <{group}>",
            code="unknown-group",
            suggestion=did_you_mean(group, group_ids) or "add it to `event_words`",
        )


def _check_words(located: LocatedEntry[object], path: Steps, words: str) -> None:
    if not any(character.isalnum() for character in normalise_name(words)):
        located.document.report(
            (*located.path, *path), f"no letter or digit in {words!r}", code="empty-name"
        )


def _check_weak(event: LocatedEntry[EventType]) -> None:
    entry = event.entry
    listed = sorted(
        {*entry.verbs.get(ENGLISH, ()), *entry.nouns.get(ENGLISH, ()), *entry.verb_forms}
    )
    for index, trigger in enumerate(entry.weak):
        if trigger not in listed:
            event.document.report(
                (*event.path, "weak", index),
                f"{trigger!r} is none of the English triggers",
                code="unknown-trigger",
                suggestion=did_you_mean(trigger, listed),
            )


def _check_codes(event: LocatedEntry[EventType]) -> None:
    for index, code in enumerate(event.entry.cameo):
        if not _CAMEO.fullmatch(code):
            event.document.report(
                (*event.path, "cameo", index),
                f"{code!r} is no code of CAMEO",
                code="bad-cameo",
                suggestion='write three or four digits in quotes, such as "042"',
            )

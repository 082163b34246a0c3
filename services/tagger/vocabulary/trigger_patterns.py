"""Parse a trigger as the files write it: words, and a group of words as <group> beside them."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from services.tagger.vocabulary.entries import EventType
from services.tagger.vocabulary.inflection import WordForm, noun_forms, verb_forms

ENGLISH: Final = "en"
_PATTERN: Final = re.compile(
    r"(?:<(?P<before>[\w-]+)> )?(?P<words>[^<>]+?)(?: <(?P<after>[\w-]+)>)?"
)


_TAIL: Final = re.compile(r" (?:with|to|on|in|into|from|at|against|between|for|of|de|des)\Z")


class GroupSide(StrEnum):
    """Where the word of a trigger's group stands."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"


class TriggerPattern(NamedTuple):
    """A trigger's words in one form, with the group of words that must be beside it, if any."""

    words: str
    form: WordForm
    is_noun: bool
    is_short: bool
    side: GroupSide
    group: str
    language: str
    tail: int
    """The length of the preposition that ends ``words``, with its blank; 0 without one."""
    is_weak: bool = False


class TriggerError(ValueError):
    """A trigger that cannot be read; the message says why."""


def split_trigger(trigger: str) -> tuple[str, GroupSide, str]:
    """Return a trigger's words, the side of its group, and the group ("" for none).

    Raises TriggerError.
    """
    match = _PATTERN.fullmatch(trigger)
    if match is None or (match["before"] and match["after"]):
        raise TriggerError(f"{trigger!r} is not words with one <group> before or after them")
    group = match["before"] or match["after"] or ""
    side = (
        GroupSide.BEFORE
        if match["before"]
        else GroupSide.AFTER
        if match["after"]
        else GroupSide.NONE
    )
    return match["words"], side, group


def trigger_patterns(event: EventType) -> Iterator[TriggerPattern]:
    """Yield every form of every trigger of a valid event type."""
    weak = frozenset(event.weak)
    for language, triggers in event.verbs.items():
        for trigger in triggers:
            for pattern in _patterns(trigger, language, is_noun=False, is_short=False):
                yield pattern._replace(is_weak=trigger in weak)
    for language, triggers in event.nouns.items():
        for trigger in triggers:
            for pattern in _patterns(trigger, language, is_noun=True, is_short=False):
                yield pattern._replace(is_weak=trigger in weak)
    for trigger in event.short_verbs:
        yield from _patterns(trigger, ENGLISH, is_noun=False, is_short=True)
    for trigger in event.short_nouns:
        yield from _patterns(trigger, ENGLISH, is_noun=True, is_short=True)
    for words in event.verb_forms:
        yield TriggerPattern(
            words,
            WordForm.PARTICIPLE,
            is_noun=False,
            is_short=False,
            side=GroupSide.NONE,
            group="",
            language=ENGLISH,
            tail=_tail(words),
            is_weak=words in weak,
        )


def _patterns(
    trigger: str, language: str, *, is_noun: bool, is_short: bool
) -> Iterator[TriggerPattern]:
    words, side, group = split_trigger(trigger)
    for form, kind in _forms(words, language, is_noun=is_noun).items():
        yield TriggerPattern(form, kind, is_noun, is_short, side, group, language, _tail(form))


def _tail(words: str) -> int:
    match = _TAIL.search(words)
    return len(words) - match.start() if match else 0


def _forms(words: str, language: str, *, is_noun: bool) -> dict[str, WordForm]:
    if language != ENGLISH:
        return {words: WordForm.NOUN if is_noun else WordForm.LISTED}
    return dict.fromkeys(noun_forms(words), WordForm.NOUN) if is_noun else verb_forms(words)

"""A fact that another text of the same source states otherwise: an unmarked correction.

Two sentences of nearly the same words are aligned; where one has another figure, day or name in the
other's place, the fact was changed. A toll that rises is an update, and a day after the earlier
article is another event.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from services.alerting.stories.decision import FactChange
from services.alerting.stories.reading.figures.figure import TOLLS
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence
from services.alerting.stories.reading.sketch import containment
from shared.text.negation import is_denied

VERSION_SHARE: Final = 0.5
MIN_EQUAL_WORDS: Final = 3
MIN_EQUAL_SHARE: Final = 0.65
MAX_CHANGES: Final = 2
_MAX_REPLACED_WORDS: Final = 5
_RISING_WORDS: Final = """
rise rises rose risen climb climbed climbs increased
grew grown jumped now far latest
"""
_RISING: Final = frozenset(_RISING_WORDS.split())


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """What a sentence changes of one before it; ``is_rise``: a count that went on growing."""

    changes: tuple[FactChange, ...]
    is_denial: bool
    is_rise: bool


class EarlierSentence(NamedTuple):
    """A sentence before, whose article it is, and whether that is published again now."""

    sentence: ReadSentence
    speaker: ReadArticle
    is_version: bool


def compare_sentences(new: ReadSentence, old: ReadSentence) -> SentenceChange | None:
    """Return what the new sentence changes of the old one, None if they say different things."""
    matcher = SequenceMatcher(None, old.words, new.words, autojunk=False)
    equal = sum(block.size for block in matcher.get_matching_blocks())
    if equal < MIN_EQUAL_WORDS or equal < MIN_EQUAL_SHARE * max(len(old.words), len(new.words)):
        return None
    changes, is_denial = list[FactChange](), False
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        before, after = old.words[start:end], new.words[new_start:new_end]
        if kind == "equal" or max(len(before), len(after)) > _MAX_REPLACED_WORDS:
            continue
        is_denial |= is_denied(before, after, before=old.words[start - 1] if start else "")
        if _is_other_fact(before, old, after, new):
            changes.append(FactChange(before=" ".join(before), after=" ".join(after)))
    if not (0 < len(changes) <= MAX_CHANGES) and not is_denial:
        return None
    return SentenceChange(tuple(changes), is_denial, not is_denial and _is_rise(new, old))


def is_version(article: ReadArticle, earlier: ReadArticle) -> bool:
    """Return whether an article is an earlier one again: its headline, most of its text."""
    return (
        article.headline.words == earlier.headline.words
        and containment(article.runs, earlier.runs) >= VERSION_SHARE
    )


def may_correct(new: ReadSentence, old: EarlierSentence) -> bool:
    """Return whether the new sentence may be about the same event: no day after the speaker's.

    A report published again is about the same event whatever its days.
    """
    added = new.days - old.sentence.days
    is_before = not added or not old.sentence.days or min(added) <= old.speaker.published_on
    return old.is_version or is_before


def _is_other_fact(
    before: Sequence[str], old: ReadSentence, after: Sequence[str], new: ReadSentence
) -> bool:
    """Return whether two aligned passages state facts, and not the same."""
    facts = set(_facts(before, old)), set(_facts(after, new))
    return (
        bool(facts[0] and facts[1])
        and not facts[0] & facts[1]
        and not _same_value(before, old, after, new)
    )


def _facts(words: Sequence[str], sentence: ReadSentence) -> Iterator[str]:
    yield from (word for word in words if word in sentence.facts)


def _same_value(
    before: Sequence[str], old: ReadSentence, after: Sequence[str], new: ReadSentence
) -> bool:
    """Return whether the sentences have the same figures and days: "forty" for 40."""
    has_number = any(word[0].isdigit() for word in (*before, *after))
    values = {figure.value for figure in old.figures}, {figure.value for figure in new.figures}
    return has_number and values[0] == values[1] and old.days == new.days


def _is_rise(new: ReadSentence, old: ReadSentence) -> bool:
    """Return whether a count went up, as tolls do."""
    tolls = [
        [figure.value for figure in sentence.figures if figure.unit in TOLLS]
        for sentence in (old, new)
    ]
    if all(tolls) and max(tolls[1]) > max(tolls[0]):
        return True
    return not _RISING.isdisjoint(new.words) and _RISING.isdisjoint(old.words)

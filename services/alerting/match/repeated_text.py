"""Text that a source repeats from article to article (menus, teasers, boilerplate) is no evidence that an article is about something. Pure.

A rule fires where it fires on the article as it stands AND on the article with its repeated text blanked out: there the words are gone, and so are
names that need one of them, while all other words keep their places. So a mark can only take an alert away, never make one: NOT still sees the
whole text.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from services.alerting.language.document import Document, WordSpan
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.language.words import SegmentedText, Word
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import Span

_GONE: Final = ""
"""The form of a word that is not there: no term has it."""


FiredRule = tuple[LoadedRule, tuple[MatchedSpan, ...]]


def evaluate_without(
    fired: Sequence[FiredRule], document: Document, repeated: Sequence[Span]
) -> list[tuple[LoadedRule, tuple[MatchedSpan, ...] | None]]:
    """The rules that fired on the document, each with the hits that stand without its repeated text; None where it does not fire there."""
    if not fired or not repeated:
        return list(fired)
    rest = blank_out(document, repeated)
    return [(rule, evaluate(rule.tree, rest)) for rule, _ in fired]


def blank_out(document: Document, repeated: Iterable[Span]) -> Document:
    """The document without the words that lie wholly in the repeated stretches of its body."""
    gone = frozenset(_inside(document.body.words, repeated))
    tags = {
        name: tuple(one for one in stretches if not _needs(one, gone))
        for name, stretches in document.tags.items()
    }
    return replace(document, body=_without(document.body, gone), tags=tags)


def _inside(words: tuple[Word, ...], repeated: Iterable[Span]) -> Iterable[int]:
    """The numbers of the words that lie wholly in one of the stretches, whatever order these stand in."""
    spans = sorted((span.start, span.end) for span in repeated)
    starts, reach = (
        [start for start, _end in spans],
        list(accumulate((end for _start, end in spans), max)),
    )
    before = (bisect_right(starts, word.start) for word in words)
    return (
        i
        for i, (word, count) in enumerate(zip(words, before, strict=True))
        if count and word.end <= reach[count - 1]
    )


def _needs(stretch: WordSpan, gone: frozenset[int]) -> bool:
    return stretch.field == "body" and any(
        i in gone for i in range(stretch.first, stretch.last + 1)
    )


def _without(text: SegmentedText, gone: frozenset[int]) -> SegmentedText:
    words = tuple(
        replace(word, key=_GONE, exact=_GONE) if i in gone else word
        for i, word in enumerate(text.words)
    )
    positions = {
        key: [i for i in places if i not in gone] for key, places in text.positions.items()
    }
    return replace(
        text, words=words, positions={key: places for key, places in positions.items() if places}
    )

"""Text that a source repeats in many articles is no evidence of what an article is about. Pure.

Menus, teasers and boilerplate. A rule fires if it fires on the article as it stands AND on the
article with its repeated text blanked out: there the words are gone, and so are names that need one
of them, while all other words keep their places. So a mark can only suppress an alert, never cause
one: NOT still sees the whole text.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from services.alerting.language.document import Document, WordSpan
from services.alerting.language.evaluate import EvaluatedPart, evaluate_parts
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import Span
from shared.text.words import SegmentedText

_BLANKED: Final = ""
"""The form of a blanked word: no term has it."""


FiredRule = tuple[LoadedRule, tuple[EvaluatedPart, ...]]


def evaluate_without(
    fired: Sequence[FiredRule], document: Document, repeated: Sequence[Span]
) -> list[tuple[LoadedRule, tuple[EvaluatedPart, ...] | None]]:
    """Return each rule that fired with the spans of its parts outside of repeated text.

    They are None for a rule that does not fire there.
    """
    if not fired or not repeated:
        return list(fired)
    remaining = blank_out(document, repeated)
    return [(rule, evaluate_parts(rule.tree, remaining)) for rule, _ in fired]


def blank_out(document: Document, repeated: Iterable[Span]) -> Document:
    """Return the document without the words that lie wholly in repeated spans of its body."""
    blanked = frozenset(_inside(document.body, repeated))
    tags = {
        name: tuple(span for span in spans if not _needs(span, blanked))
        for name, spans in document.tags.items()
    }
    return replace(document, body=_without_words(document.body, blanked), tags=tags)


def _inside(text: SegmentedText, repeated: Iterable[Span]) -> Iterable[int]:
    """Yield the numbers of the words that lie wholly in one of the spans, in any order."""
    spans = sorted((span.start, span.end) for span in repeated)
    starts, reach = (
        [start for start, _end in spans],
        list(accumulate((end for _start, end in spans), max)),
    )
    before = (bisect_right(starts, start) for start in text.starts)
    return (
        i
        for i, (end, count) in enumerate(zip(text.ends, before, strict=True))
        if count and end <= reach[count - 1]
    )


def _needs(span: WordSpan, blanked: frozenset[int]) -> bool:
    return span.field == "body" and any(i in blanked for i in range(span.first, span.last + 1))


def _without_words(text: SegmentedText, blanked: frozenset[int]) -> SegmentedText:
    keys = [_BLANKED if i in blanked else key for i, key in enumerate(text.keys)]
    return replace(text, keys=keys)

"""Where an operand stands in an article: a word, phrase, wildcard or tag, or an OR of those."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from services.alerting.language.document import Document, WordSpan, text_order
from services.alerting.language.tree import LEAD_WORDS, Node, Or, Place, Tag, Term, Wild
from shared.messages.schemas import FieldName
from shared.text.words import SegmentedText, takes_endings

_FIELDS: Final[tuple[FieldName, FieldName]] = ("headline", "body")


def occurrences(operand: Node, document: Document, place: Place | None) -> list[WordSpan]:
    """Return every span of the operand that lies wholly inside the place, headline first."""
    match operand:
        case Or(of):
            return sorted(
                {span for part in of for span in occurrences(part, document, place)},
                key=text_order,
            )
        case Tag(kind, id_):
            spans: Iterable[WordSpan] = document.tags.get(f"{kind}({id_})", ())
        case Term():
            spans = [
                span for name in _FIELDS for span in _phrase(operand, name, document.field(name))
            ]
        case Wild(pattern):
            spans = [
                span
                for name in _FIELDS
                for span in _wildcard_spans(wildcard(pattern), name, document.field(name))
            ]
        case _:
            raise TypeError(f"{type(operand).__name__} is no operand; parse() accepts none")
    return [span for span in spans if _inside(span, place)]


@lru_cache(maxsize=4_096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """Compile the regular expression that a normalised word must match as a whole.

    ``?`` is one letter or digit, ``*`` any number of characters.
    """
    signs = {"?": r"[^\W_]", "*": r".*"}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _phrase(term: Term, name: FieldName, text: SegmentedText) -> list[WordSpan]:
    """Return where the words stand in a row within one paragraph."""
    size = len(term.words)
    spans = []
    for first in _starts(term, text):
        words = text.words[first : first + size]
        is_same = all(
            _matches_word(want, word.exact if term.exact else word.key)
            for want, word in zip(term.words, words, strict=False)
        )
        if len(words) == size and is_same and words[0].paragraph == words[-1].paragraph:
            spans.append(_word_span(name, text, first, first + size - 1))
    return spans


def _starts(term: Term, text: SegmentedText) -> Iterable[int]:
    """Return where the first word of the term may stand.

    Terms that match whole words use an index; for the others every word is a candidate.
    """
    return (
        range(len(text.words))
        if term.exact or takes_endings(term.words[0])
        else text.positions.get(term.words[0], ())
    )


def _matches_word(want: str, word: str) -> bool:
    return word.startswith(want) if takes_endings(want) else word == want


def _wildcard_spans(
    pattern: re.Pattern[str], name: FieldName, text: SegmentedText
) -> list[WordSpan]:
    places = sorted(
        i for key, places in text.positions.items() if pattern.fullmatch(key) for i in places
    )
    return [_word_span(name, text, i, i) for i in places]


def _word_span(name: FieldName, text: SegmentedText, first: int, last: int) -> WordSpan:
    return WordSpan(name, first, last, text.words[first].start, text.words[last].end)


def _inside(span: WordSpan, place: Place | None) -> bool:
    if place is None:
        return True
    return (
        span.field == "headline"
        if place == "headline"
        else span.field == "body" and (place == "body" or span.last < LEAD_WORDS)
    )

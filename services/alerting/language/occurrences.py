"""Where an operand stands in an article: a word, phrase, wildcard or tag, or an OR of those."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from services.alerting.language.document import Document, WordSpan, text_order
from services.alerting.language.tree import LEAD_WORDS, Node, Or, Place, Tag, Term, Wild
from services.alerting.language.words import SegmentedText, takes_endings
from shared.messages.schemas import FieldName

_FIELDS: Final[tuple[FieldName, FieldName]] = ("headline", "body")


def occurrences(operand: Node, document: Document, place: Place | None) -> list[WordSpan]:
    """Every stretch of the operand, headline first; only what lies wholly inside the place."""
    match operand:
        case Or(of):
            return sorted(
                {stretch for part in of for stretch in occurrences(part, document, place)},
                key=text_order,
            )
        case Tag(kind, id_):
            found: Iterable[WordSpan] = document.tags.get(f"{kind}({id_})", ())
        case Term():
            found = [
                stretch
                for name in _FIELDS
                for stretch in _phrase(operand, name, document.field(name))
            ]
        case Wild(pattern):
            found = [
                stretch
                for name in _FIELDS
                for stretch in _matching(wildcard(pattern), name, document.field(name))
            ]
        case _:
            raise TypeError(f"{type(operand).__name__} is no operand: parse() lets none through")
    return [stretch for stretch in found if _inside(stretch, place)]


@lru_cache(maxsize=4_096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """What a folded word must match whole: ``?`` is one letter or digit, ``*`` any number of characters."""
    signs = {"?": r"[^\W_]", "*": r".*"}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _phrase(term: Term, name: FieldName, text: SegmentedText) -> list[WordSpan]:
    """Words in a row, in one paragraph."""
    size = len(term.words)
    found = []
    for first in _starts(term, text):
        words = text.words[first : first + size]
        same = all(
            _is(want, word.exact if term.exact else word.key)
            for want, word in zip(term.words, words, strict=False)
        )
        if len(words) == size and same and words[0].paragraph == words[-1].paragraph:
            found.append(_stretch(name, text, first, first + size - 1))
    return found


def _starts(term: Term, text: SegmentedText) -> Iterable[int]:
    """Where the first word of the term may stand: an index for what is written whole, every word for the rest."""
    return (
        range(len(text.words))
        if term.exact or takes_endings(term.words[0])
        else text.positions.get(term.words[0], ())
    )


def _is(want: str, word: str) -> bool:
    return word.startswith(want) if takes_endings(want) else word == want


def _matching(pattern: re.Pattern[str], name: FieldName, text: SegmentedText) -> list[WordSpan]:
    places = sorted(
        i for key, places in text.positions.items() if pattern.fullmatch(key) for i in places
    )
    return [_stretch(name, text, i, i) for i in places]


def _stretch(name: FieldName, text: SegmentedText, first: int, last: int) -> WordSpan:
    return WordSpan(name, first, last, text.words[first].start, text.words[last].end)


def _inside(stretch: WordSpan, place: Place | None) -> bool:
    if place is None:
        return True
    return (
        stretch.field == "headline"
        if place == "headline"
        else stretch.field == "body" and (place == "body" or stretch.last < LEAD_WORDS)
    )

"""Where an operand stands in an article: a word, phrase, wildcard or tag, or an OR of those."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from services.alerting.language.document import FIELDS, Document, WordSpan, text_order
from services.alerting.language.tree import (
    LEAD_WORDS,
    Node,
    Or,
    Region,
    Tag,
    Term,
    Wild,
    is_pattern,
)
from shared.messages.schemas import FieldName
from shared.text.words import SegmentedText, takes_endings


def occurrences(operand: Node, document: Document, region: Region) -> list[WordSpan]:
    """Return every span of the operand that lies wholly inside the region, headline first."""
    match operand:
        case Or(of):
            return sorted(
                {span for part in of for span in occurrences(part, document, region)},
                key=text_order,
            )
        case Tag():
            spans: Iterable[WordSpan] = document.tags.get(operand.clause, ())
        case Term():
            spans = [
                span for name in FIELDS for span in _phrase(operand, name, document.field(name))
            ]
        case Wild(pattern):
            spans = [
                span
                for name in FIELDS
                for span in _wildcard_spans(wildcard(pattern), name, document.field(name))
            ]
        case _:
            raise TypeError(f"{type(operand).__name__} is no operand; parse() accepts none")
    return [span for span in spans if _is_inside(span, document, region)]


@lru_cache(maxsize=4_096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """Compile the regular expression that a normalised word must match as a whole.

    ``?`` is one letter or digit, ``*`` any number of characters.
    """
    signs = {"?": r"[^\W_]", "*": r".*"}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _phrase(term: Term, name: FieldName, text: SegmentedText) -> list[WordSpan]:
    """Return where the words stand in a row within one paragraph."""
    size, forms, paragraphs = len(term.words), _forms(term, text), text.paragraph_numbers
    spans = []
    for first in _starts(term, text):
        words, last = forms[first : first + size], first + size - 1
        if (
            len(words) == size
            and all(map(_matches_word, term.words, words))
            and paragraphs[first] == paragraphs[last]
        ):
            spans.append(_word_span(name, text, first, last))
    return spans


def _forms(term: Term, text: SegmentedText) -> Sequence[str]:
    return text.exacts if term.exact else text.keys


def _starts(term: Term, text: SegmentedText) -> Iterable[int]:
    """Return where the first word of the term stands; normalised whole words have an index."""
    first = term.words[0]
    if is_pattern(first):
        is_match = wildcard(first).fullmatch
        return [i for i, word in enumerate(_forms(term, text)) if is_match(word)]
    if takes_endings(first):
        return [i for i, word in enumerate(_forms(term, text)) if word.startswith(first)]
    if term.exact:
        return [i for i, word in enumerate(text.exacts) if word == first]
    return text.positions.get(first, ())


def _matches_word(want: str, word: str) -> bool:
    if is_pattern(want):
        return bool(wildcard(want).fullmatch(word))
    return word.startswith(want) if takes_endings(want) else word == want


def _wildcard_spans(
    pattern: re.Pattern[str], name: FieldName, text: SegmentedText
) -> list[WordSpan]:
    places = sorted(
        i for key, places in text.positions.items() if pattern.fullmatch(key) for i in places
    )
    return [_word_span(name, text, i, i) for i in places]


def _word_span(name: FieldName, text: SegmentedText, first: int, last: int) -> WordSpan:
    return WordSpan(name, first, last, text.starts[first], text.ends[last])


def _is_inside(span: WordSpan, document: Document, region: Region) -> bool:
    place, factuality = region
    if factuality is not None and not document.is_outside_scopes(span, factuality):
        return False
    if place == "lead":
        return span.field == "body" and span.last < LEAD_WORDS
    return place is None or span.field == place

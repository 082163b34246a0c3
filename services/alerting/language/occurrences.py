"""Where an operand stands in an article: a word, phrase, wildcard or tag, or an OR of those."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from services.alerting.language.document import Document, WordSpan, text_order
from services.alerting.language.tree import (
    EVERYWHERE,
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

_UNKNOWN: Final = re.compile("[*?]")


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
            spans = [span for name, text in document.texts for span in _phrase(operand, name, text)]
        case Wild(pattern):
            spans = [
                span
                for name, text in document.texts
                for span in _wildcard_spans(pattern, name, text)
            ]
        case _:
            raise TypeError(f"{type(operand).__name__} is no operand; parse() accepts none")
    if region == EVERYWHERE:
        return list(spans)
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
    starts, size = _starts(term, text), len(term.words)
    if size == 1:
        return [_word_span(name, text, start, start) for start in starts]
    forms, paragraphs = _forms(term, text), text.paragraph_numbers
    spans = []
    for first in starts:
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
    if term.exact:
        return [i for i, word in enumerate(text.exacts) if _matches_word(first, word)]
    if is_pattern(first):
        return _wildcard_places(first, text)
    return (
        _wildcard_places(f"{first}*", text)
        if takes_endings(first)
        else text.positions.get(first, ())
    )


def _matches_word(want: str, word: str) -> bool:
    if is_pattern(want):
        return bool(wildcard(want).fullmatch(word))
    return word.startswith(want) if takes_endings(want) else word == want


def _wildcard_spans(pattern: str, name: FieldName, text: SegmentedText) -> list[WordSpan]:
    return [_word_span(name, text, i, i) for i in _wildcard_places(pattern, text)]


def _wildcard_places(pattern: str, text: SegmentedText) -> list[int]:
    """Return where the words stand that match; only those that begin like the pattern are tried."""
    prefix = _UNKNOWN.split(pattern, 1)[0]
    keys = text.find_prefix(prefix)
    if pattern != f"{prefix}*":
        keys = list(filter(wildcard(pattern).fullmatch, keys))
    return sorted(i for key in keys for i in text.positions[key])


def _word_span(name: FieldName, text: SegmentedText, first: int, last: int) -> WordSpan:
    return WordSpan(name, first, last, text.starts[first], text.ends[last])


def _is_inside(span: WordSpan, document: Document, region: Region) -> bool:
    place, factuality = region
    if factuality is not None and not document.is_outside_scopes(span, factuality):
        return False
    if place == "lead":
        return span.field == "body" and span.last < LEAD_WORDS
    return place is None or span.field == place

"""A headline or sentence as stories compare it: terms, names, figures and days.

A term is a text with the kind before a colon: a: actor, c: country, n: another name, k: concept,
w: stem, #: number. A unit is a word or name of the sentence as its alternative terms: "strike" is
the concept of walkouts or the one of hits.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.alerting.stories.reading.concepts import is_concept, terms_of_word
from services.alerting.stories.reading.days import day_at, is_ahead
from services.alerting.stories.reading.figures import Figure, figure_at
from services.alerting.stories.reading.rarity import is_common_word
from services.alerting.stories.reading.stop_words import NEGATIONS, STOP_WORDS
from shared.dates.months import month_number
from shared.messages.schemas import Span
from shared.text.writing_systems import UNSPACED

Unit = tuple[str, ...]

_TOKEN: Final = re.compile(
    rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+(?:['’.][^\W\d_{UNSPACED}]+)*|\d\d?:\d\d|\d[\d,]*(?:\.\d+)?|[$€%]"
)
_SIGN: Final = re.compile(f"[{UNSPACED}]")
_APOSTROPHE: Final = re.compile("['’]")
_QUOTES: Final = frozenset('"“„«「')
_PREPOSITIONS: Final = "in off near from at to toward outside around over of on"
_PLACE_WORDS: Final = frozenset(_PREPOSITIONS.split())
_LEADERS: Final = frozenset(("president", "premier", "chancellor", "king", "queen", "pope"))
_POSSESSIVE: Final = ("'s", "’s", "'", "’")
_NOUNS_IN_CAPITALS: Final = frozenset({"de", "lb"})
_SHORTEST_FOREIGN_WORD: Final = 5
"""Shorter words of other languages than English are mostly articles and the like."""
MAX_TOKENS: Final = 120
"""Of a sentence; a longer one is a list or no prose."""


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """A span of the sentence's text that the tagger resolved, and its term."""

    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A headline or sentence; ``start`` and ``end`` are its place in the field it is of."""

    start: int
    end: int
    words: tuple[str, ...]
    units: tuple[Unit, ...]
    alternatives: frozenset[str]
    """Every term that a unit may stand for."""
    names: frozenset[str]
    leaders: frozenset[str]
    """Names behind "President" and the like: they stand in many stories."""
    places: frozenset[str]
    figures: tuple[Figure, ...]
    days: frozenset[date]
    facts: frozenset[str]
    """The words that state a figure, a day or a name."""
    is_quote: bool
    is_negated: bool


@dataclass(slots=True)
class _Token:
    text: str
    word: str
    start: int
    span: TaggedSpan | None


def read_sentence(
    text: str,
    place: Span,
    published_at: datetime,
    spans: Sequence[TaggedSpan],
    language: str = "en",
    *,
    is_headline: bool = False,
) -> ReadSentence:
    """Read one sentence, which is at ``place`` of its field; ``spans`` count from its start."""
    tokens = _tokens(text, spans)
    words = [token.word for token in tokens]
    ahead = is_ahead(words)
    units: dict[Unit, None] = {}
    names, places, figures, days = set[str](), set[str](), list[Figure](), set[date]()
    facts, leaders = set[str](), set[str]()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.span is None and (dated := day_at(words, at, published_at, is_ahead=ahead)):
            days.add(dated[0])
            facts.update(words[at : dated[1]])
            at = dated[1]
            continue
        if token.span is None and (counted := figure_at(words, at, language)):
            figures.append(counted[0])
            units[(counted[0].term,)] = None
            facts.update(words[at : counted[1]])
            at = counted[1]
            continue
        unit = _unit(token, text, language, is_opening=at == 0 and not is_headline)
        if unit:
            units[unit] = None
            if unit[0][:2] in {"a:", "c:", "n:"}:
                facts.add(token.word)
            if unit[0][:2] in {"a:", "n:"}:
                names.add(unit[0])
                before = words[at - 1] if at else ""
                if before in _LEADERS or f"n:{before}" in leaders:
                    leaders.add(unit[0])
            if unit[0][:2] in {"c:", "n:"} and at and words[at - 1] in _PLACE_WORDS:
                places.add(unit[0])
        at += 1
    return ReadSentence(
        place.start,
        place.end,
        tuple(words),
        tuple(units),
        frozenset(term for unit in units for term in unit),
        frozenset(names),
        frozenset(leaders),
        frozenset(places),
        tuple(figures),
        frozenset(days),
        frozenset(facts),
        is_quote=not _QUOTES.isdisjoint(text),
        is_negated=not NEGATIONS.isdisjoint(words) or "n't" in text or "n’t" in text,
    )


def _tokens(text: str, spans: Sequence[TaggedSpan]) -> list[_Token]:
    """Return the tokens in order; a tagged span is one token."""
    tokens, ahead = list[_Token](), sorted(spans, key=lambda span: (span.start, -span.end))
    for match in _TOKEN.finditer(text):
        while ahead and ahead[0].end <= match.start():
            ahead.pop(0)
        span = ahead[0] if ahead and ahead[0].start <= match.start() < ahead[0].end else None
        if span and tokens and tokens[-1].span is span:
            continue
        word = (text[span.start : span.end] if span else match[0]).casefold()
        if not span:
            word = word.replace(":", ".")  # 5:06 and 5.06 a.m.
        for ending in _POSSESSIVE:
            word = word.removesuffix(ending)
        tokens.append(_Token(match[0], word, match.start(), span))
        if len(tokens) == MAX_TOKENS:
            break
    return tokens


def _unit(token: _Token, text: str, language: str, *, is_opening: bool) -> Unit | None:
    """Return the terms that a token may stand for, None for a word that says nothing."""
    if token.span:
        surface = text[token.span.start : token.span.end].casefold()
        parts = (f"n:{part}" for part in surface.split()) if token.span.term[0] == "a" else ()
        return (token.span.term, *parts)
    word = token.word
    if word in STOP_WORDS and not (word == "us" and token.text.isupper()):
        return None
    if not word or word in "$€%":
        return None
    is_name = token.text[0].isupper() and not is_common_word(word) and len(word) > 1
    is_name = is_name and not is_concept(word) and not month_number(word)
    if is_name and not is_opening and language not in _NOUNS_IN_CAPITALS:
        return ("n:" + _APOSTROPHE.sub("", word),)
    if language != "en" and len(word) < _SHORTEST_FOREIGN_WORD and not _SIGN.match(word):
        return None
    terms = terms_of_word(word)
    return (*terms, f"n:{word}") if is_name else terms

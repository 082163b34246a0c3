"""A headline or sentence as stories compare it: terms, names, figures and days.

A term is a text with the kind before a colon: a: actor, c: country, n: another name, k: concept,
w: stem, #: number. A unit is a word or name of the sentence as its alternative terms: "strike" is
the concept of walkouts or the one of hits.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from services.alerting.stories.reading.concepts import is_concept, terms_of_word
from services.alerting.stories.reading.days import day_at, is_ahead
from services.alerting.stories.reading.figures.figure import Figure
from services.alerting.stories.reading.figures.read_figure import figure_at
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


@dataclass(slots=True)
class _Findings:
    """What has been read of a sentence so far; units are keys, in order."""

    units: dict[Unit, None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    leaders: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    figures: list[Figure] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)

    def add_figure(self, figure: Figure) -> None:
        """Add a figure, which is a unit of its own."""
        self.figures.append(figure)
        self.units[(figure.term,)] = None

    def add_unit(self, unit: Unit, word: str, before: str) -> None:
        """Add a word or name; ``before`` is the word in front of it."""
        self.units[unit] = None
        kind = unit[0][:2]
        if kind in {"a:", "c:", "n:"}:
            self.facts.add(word)
        if kind in {"a:", "n:"}:
            self.names.add(unit[0])
            if before in _LEADERS or f"n:{before}" in self.leaders:
                self.leaders.add(unit[0])
        if kind in {"c:", "n:"} and before in _PLACE_WORDS:
            self.places.add(unit[0])


def read_sentence(
    text: str,
    place: Span,
    published_at: datetime,
    spans: Sequence[TaggedSpan],
    language: str = "en",
    *,
    is_headline: bool = False,
    small_words: Collection[str] = (),
) -> ReadSentence:
    """Read one sentence, which is at ``place`` of its field; ``spans`` count from its start.

    ``small_words`` are words that the text has without a capital, so that here they are no names.
    """
    tokens = _tokens(text, spans)
    words = [token.word for token in tokens]
    ahead, findings = is_ahead(words), _Findings()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.span is None and (dated := day_at(words, at, published_at, is_ahead=ahead)):
            day, end = dated
            findings.days.add(day)
        elif token.span is None and (counted := figure_at(words, at, language, published_at.year)):
            figure, end = counted
            findings.add_figure(figure)
        else:
            is_opening = at == 0 and not is_headline
            may_name = token.word not in small_words
            unit = _unit(token, text, language, is_opening=is_opening, may_name=may_name)
            if unit:
                findings.add_unit(unit, token.word, words[at - 1] if at else "")
            at += 1
            continue
        findings.facts.update(words[at:end])
        at = end
    return _finish(findings, text, place, words)


def _finish(findings: _Findings, text: str, place: Span, words: Sequence[str]) -> ReadSentence:
    return ReadSentence(
        start=place.start,
        end=place.end,
        words=tuple(words),
        units=tuple(findings.units),
        alternatives=frozenset(term for unit in findings.units for term in unit),
        names=frozenset(findings.names),
        leaders=frozenset(findings.leaders),
        places=frozenset(findings.places),
        figures=tuple(findings.figures),
        days=frozenset(findings.days),
        facts=frozenset(findings.facts),
        is_quote=not _QUOTES.isdisjoint(text),
        is_negated=not NEGATIONS.isdisjoint(words) or "n't" in text or "n’t" in text,
    )


def _tokens(text: str, spans: Sequence[TaggedSpan]) -> list[_Token]:
    """Return the tokens in order; a tagged span is one token."""
    tokens = list[_Token]()
    ahead = deque(sorted(spans, key=lambda span: (span.start, -span.end)))
    for match in _TOKEN.finditer(text):
        while ahead and ahead[0].end <= match.start():
            ahead.popleft()
        span = ahead[0] if ahead and ahead[0].start <= match.start() < ahead[0].end else None
        if span and tokens and tokens[-1].span is span:
            continue
        word = (text[span.start : span.end] if span else _written(text, match)).casefold()
        if not word:
            continue
        if not span:
            word = word.replace(":", ".")  # 5:06 and 5.06 a.m.
        for ending in _POSSESSIVE:
            word = word.removesuffix(ending)
        tokens.append(_Token(match[0], word, match.start(), span))
        if len(tokens) == MAX_TOKENS:
            break
    return tokens


def _written(text: str, match: re.Match[str]) -> str:
    """Return the word of a match, and of a script without blanks a sign with the next one.

    A sign alone stands in any text. The last one of a run is in the pair before it.
    """
    if not _SIGN.match(match[0]):
        return match[0]
    if _SIGN.match(text, match.end()):
        return text[match.start() : match.end() + 1]
    is_single = not match.start() or not _SIGN.match(text, match.start() - 1)
    return match[0] if is_single else ""


def _unit(
    token: _Token, text: str, language: str, *, is_opening: bool, may_name: bool
) -> Unit | None:
    """Return the terms that a token may stand for, None for a word that says nothing."""
    if token.span:
        surface = text[token.span.start : token.span.end].casefold()
        if token.span.term[0] != "a":
            return (token.span.term,)
        return (token.span.term, *(f"n:{plain_name(part)}" for part in surface.split()))
    word = token.word
    if word in STOP_WORDS and not (word == "us" and token.text.isupper()):
        return None
    if not word or word in "$€%":
        return None
    is_name = token.text[0].isupper() and not is_common_word(word) and len(word) > 1
    is_name = is_name and may_name and not is_concept(word) and not month_number(word)
    if is_name and not is_opening and language not in _NOUNS_IN_CAPITALS:
        return ("n:" + plain_name(word),)
    if language != "en" and len(word) < _SHORTEST_FOREIGN_WORD and not _SIGN.match(word):
        return None
    terms = terms_of_word(word)
    return (*terms, f"n:{plain_name(word)}") if is_name else terms


def plain_name(word: str) -> str:
    """Return a name without apostrophes and accents: "Mélenchon" is "Melenchon" elsewhere."""
    if word.isascii():
        return _APOSTROPHE.sub("", word)
    letters = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", word))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

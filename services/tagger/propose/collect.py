"""Sightings of many articles → proposals: the variants of a name gathered, what speaks for an actor counted, ranked by a score that is told."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from math import log2
from typing import Final, Literal

from services.tagger.propose.sightings import ArticleSightings, Sighting, Sign
from services.tagger.propose.words import BODY_WORDS, PLACE_WORDS

Kind = Literal["person", "organisation", "unclear"]

EXAMPLES: Final = 3
TITLES: Final = 3
BESIDE: Final = 3
_SUFFIX: Final = re.compile(r",? (?:jr|sr|ii|iii|iv)\.?\Z", re.IGNORECASE)
_INITIALS: Final = re.compile(r"\b[^\W\d_]\.? (?=\S)")

_WEIGHT: Final = {"person": 1.0, "organisation": 0.4, "unclear": 0.2}


WEAK: Final = frozenset({Sign.AGAIN, Sign.NAMESAKE})
"""What products and towns have, too."""


@dataclass(slots=True)
class NameStatistics:
    """What is known of one name, however it is written."""

    articles: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    acting: set[str] = field(default_factory=set)
    names: Counter[str] = field(default_factory=Counter)
    signs: Counter[Sign] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    company: int = 0
    times: int = 0
    the: int = 0
    places: int = 0
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, article: ArticleSightings, one: Sighting) -> None:
        """One more article names it."""
        self.articles.add(article.article)
        self.sources.add(article.source)
        self.names[one.name] += 1
        self.signs.update(one.signs)
        self.titles.update(one.titles)
        self.times += one.times
        self.the += one.the
        self.places += one.places
        if one.signs - WEAK:
            self.acting.add(article.article)
        if article.beside:
            self.company += 1
            self.beside.update(article.beside)
        self.examples[article.article] = one.example
        if len(self.examples) > EXAMPLES:
            del self.examples[max(self.examples)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody whom the data may lack. ``signs``: in how many articles what speaks for an actor; ``beside``: known actors in the same articles."""

    name: str
    also: tuple[str, ...]
    kind: Kind
    score: float
    articles: int
    sources: int
    acting: int
    company: int
    signs: tuple[tuple[str, int], ...]
    titles: tuple[str, ...]
    beside: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


class ProposalCollector:
    """Adds articles up, in any order; the same article, sent again, counts once."""

    def __init__(self) -> None:
        self._tallies: dict[str, NameStatistics] = {}
        self._small: Counter[str] = Counter()
        self._seen: set[str] = set()

    @property
    def articles(self) -> int:
        """How many different articles were added."""
        return len(self._seen)

    def add(self, article: ArticleSightings) -> None:
        """What one article shows."""
        if article.article in self._seen:
            return
        self._seen.add(article.article)
        self._small.update(article.small)
        for one in article.sightings:
            self._tallies.setdefault(name_key(one.name), NameStatistics()).add(article, one)

    def proposals(self, *, min_articles: int = 2) -> list[Proposal]:
        """The names of so many articles at least, the likeliest first."""
        often = (
            tally
            for tally in self._tallies.values()
            if len(tally.articles) >= min_articles and not self._is_of_common_words(tally)
        )
        return sorted(map(build_proposal, often), key=lambda one: (-one.score, one.name))

    def _is_of_common_words(self, tally: NameStatistics) -> bool:
        """Whether each word of the name is written small in as many articles as name it: New Year, Foreign Policy."""
        words = _commonest(tally.names)[0].lower().replace("-", " ").split()
        return all(self._small[word] >= len(tally.articles) for word in words)


def name_key(name: str) -> str:
    """What the variants of a name share: Choe Son-hui, Choe Son Hui; John R. Smith, John Smith Jr."""
    plain = (
        unicodedata.normalize("NFKD", _SUFFIX.sub("", name))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return re.sub(r"[^a-z]", "", _INITIALS.sub("", plain)) or name


def build_proposal(tally: NameStatistics) -> Proposal:
    """What is proposed of a name, with its score: spread × signs × company × kind.

    Spread is log₂(1 + articles) × (1 + log₂ sources). Signs: 0.1, and the share of articles where it has a title, speaks, or has an age or a
    role; 0.4 for a first name that known people have, 0.2 for the surname alone later. Company: 1, and the share of articles that name known actors.
    """
    articles, sources, kind = len(tally.articles), len(tally.sources), _kind(tally)
    signs = (
        0.1
        + len(tally.acting) / articles
        + 0.4 * (Sign.NAMESAKE in tally.signs)
        + 0.2 * (Sign.AGAIN in tally.signs)
    )
    spread, company = log2(1 + articles) * (1 + log2(sources)), 1 + tally.company / articles
    name, *also = _commonest(tally.names)
    return Proposal(
        name=name,
        also=tuple(also),
        kind=kind,
        score=round(spread * signs * company * _WEIGHT[kind], 2),
        articles=articles,
        sources=sources,
        acting=len(tally.acting),
        company=tally.company,
        signs=tuple((sign.value, tally.signs[sign]) for sign in Sign if sign in tally.signs),
        titles=tuple(_commonest(tally.titles)[:TITLES]),
        beside=tuple(_commonest(tally.beside)[:BESIDE]),
        examples=tuple(sorted(tally.examples.items())),
    )


def _commonest(counted: Counter[str]) -> list[str]:
    """The commonest first, equally common ones by name, so that the order in which articles came is of no account."""
    return sorted(counted, key=lambda name: (-counted[name], name))


def _kind(tally: NameStatistics) -> Kind:
    words = [
        word.lower().rstrip(".") for word in _commonest(tally.names)[0].replace("-", " ").split()
    ]
    if any(word in BODY_WORDS for word in words) or (
        tally.the * 2 > tally.times and not tally.titles
    ):
        return "organisation"
    if any(word in PLACE_WORDS for word in words) or tally.places * 2 > tally.times:
        return "unclear"
    return "person" if tally.signs.keys() - {Sign.AGAIN} else "unclear"

"""Collect the sightings of many articles into proposals, ranked by an explained score.

The spellings of a name are merged, and the signs that it is an actor are counted.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from math import log2
from typing import Final, Literal

from services.tagger.propose.sightings import ArticleSightings, Sighting, Sign
from services.tagger.propose.words import BODY_WORDS, PLACE_WORDS

ProposalKind = Literal["person", "organisation", "unclear"]

EXAMPLES: Final = 3
TITLES: Final = 3
BESIDE: Final = 3
_SUFFIX: Final = re.compile(r",? (?:jr|sr|ii|iii|iv)\.?\Z", re.IGNORECASE)
_INITIALS: Final = re.compile(r"\b[^\W\d_]\.? (?=\S)")
_WEIGHT: Final = {"person": 1.0, "organisation": 0.4, "unclear": 0.2}
WEAK: Final = frozenset({Sign.AGAIN, Sign.NAMESAKE})
"""Signs that products and towns have, too."""


@dataclass(slots=True)
class NameStatistics:
    """What the articles show of one name, over all its spellings.

    ``acting``: the articles with a sign that is not weak. ``company``: how many of them name known
    actors. ``times``, ``the`` and ``places`` sum up those of the sightings.
    """

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

    def add(self, article: ArticleSightings, sighting: Sighting) -> None:
        """Add an article's sighting of the name."""
        self.articles.add(article.article)
        self.sources.add(article.source)
        self.names[sighting.name] += 1
        self.signs.update(sighting.signs)
        self.titles.update(sighting.titles)
        self.times += sighting.times
        self.the += sighting.the
        self.places += sighting.places
        if sighting.signs - WEAK:
            self.acting.add(article.article)
        if article.beside:
            self.company += 1
            self.beside.update(article.beside)
        self.examples[article.article] = sighting.example
        if len(self.examples) > EXAMPLES:
            del self.examples[max(self.examples)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An actor that the data may lack.

    ``signs``: in how many articles each sign occurs; ``beside``: known actors in the same articles.
    """

    name: str
    also: tuple[str, ...]
    kind: ProposalKind
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
    """Sums up articles, in any order; an article that is added again counts once."""

    def __init__(self) -> None:
        self._statistics: dict[str, NameStatistics] = {}
        self._small_words: Counter[str] = Counter()
        self._article_ids: set[str] = set()

    @property
    def articles(self) -> int:
        """Count the different articles."""
        return len(self._article_ids)

    def add(self, article: ArticleSightings) -> None:
        """Add the sightings of one article."""
        if article.article in self._article_ids:
            return
        self._article_ids.add(article.article)
        self._small_words.update(article.small)
        for sighting in article.sightings:
            statistics = self._statistics.setdefault(name_key(sighting.name), NameStatistics())
            statistics.add(article, sighting)

    def proposals(self, *, min_articles: int = 2) -> list[Proposal]:
        """Return the names of at least ``min_articles`` articles, the likeliest first."""
        frequent = (
            statistics
            for statistics in self._statistics.values()
            if len(statistics.articles) >= min_articles and not self._is_of_common_words(statistics)
        )
        return sorted(
            map(build_proposal, frequent), key=lambda proposal: (-proposal.score, proposal.name)
        )

    def _is_of_common_words(self, statistics: NameStatistics) -> bool:
        """Return whether each word is as often written small: New Year, Foreign Policy.

        That is, in as many articles as have the name.
        """
        words = _by_frequency(statistics.names)[0].lower().replace("-", " ").split()
        return all(self._small_words[word] >= len(statistics.articles) for word in words)


def name_key(name: str) -> str:
    """Return what the spellings of a name share.

    Choe Son-hui and Choe Son Hui share a key; so do John R. Smith and John Smith Jr.
    """
    ascii_name = unicodedata.normalize("NFKD", _SUFFIX.sub("", name)).encode("ascii", "ignore")
    return re.sub(r"[^a-z]", "", _INITIALS.sub("", ascii_name.decode().lower())) or name


def build_proposal(statistics: NameStatistics) -> Proposal:
    """Build the proposal of a name, with its score: spread × signs × company × kind.

    Spread is log₂(1 + articles) × (1 + log₂ sources). Signs: 0.1, plus the share of articles where
    the name has a title, speaks, or has an age or a role; plus 0.4 for a first name that known
    people have, 0.2 for the surname alone later. Company: 1, plus the share of articles that name
    known actors.
    """
    articles, sources = len(statistics.articles), len(statistics.sources)
    kind = _kind(statistics)
    signs = (
        0.1
        + len(statistics.acting) / articles
        + 0.4 * (Sign.NAMESAKE in statistics.signs)
        + 0.2 * (Sign.AGAIN in statistics.signs)
    )
    spread = log2(1 + articles) * (1 + log2(sources))
    company = 1 + statistics.company / articles
    name, *also = _by_frequency(statistics.names)
    return Proposal(
        name=name,
        also=tuple(also),
        kind=kind,
        score=round(spread * signs * company * _WEIGHT[kind], 2),
        articles=articles,
        sources=sources,
        acting=len(statistics.acting),
        company=statistics.company,
        signs=tuple(
            (sign.value, statistics.signs[sign]) for sign in Sign if sign in statistics.signs
        ),
        titles=tuple(_by_frequency(statistics.titles)[:TITLES]),
        beside=tuple(_by_frequency(statistics.beside)[:BESIDE]),
        examples=tuple(sorted(statistics.examples.items())),
    )


def _by_frequency(counts: Counter[str]) -> list[str]:
    """Return the names, the commonest first.

    Equally common ones are ordered by name, so the order of the articles has no effect.
    """
    return sorted(counts, key=lambda name: (-counts[name], name))


def _kind(statistics: NameStatistics) -> ProposalKind:
    name = _by_frequency(statistics.names)[0]
    words = [word.lower().rstrip(".") for word in name.replace("-", " ").split()]
    is_mostly_after_the = statistics.the * 2 > statistics.times
    if any(word in BODY_WORDS for word in words) or (is_mostly_after_the and not statistics.titles):
        return "organisation"
    if any(word in PLACE_WORDS for word in words) or statistics.places * 2 > statistics.times:
        return "unclear"
    return "person" if statistics.signs.keys() - {Sign.AGAIN} else "unclear"

"""Articles like those on which a rule fires, on which it does not, and the words to add. Pure.

Articles are compared by their words: the rarer a word is among all articles, and the more of the
rule's hits have it, the more it counts. A word is suggested as an alternative to a clause that
alone keeps similar articles out, and each suggestion is tried on every article, so that its cost is
counted and not estimated.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.alerting.explain.failure import holds
from services.alerting.explain.paths import Path, node_at, replace_node
from services.alerting.language.document import FIELDS, Document
from services.alerting.language.format import format as canonical
from services.alerting.language.tree import (
    And,
    Near,
    Node,
    Not,
    Or,
    Tag,
    Term,
    Where,
    Wild,
    any_of,
    children,
)
from shared.messages.schemas import TaggedArticle

MOST_SHOWN: Final = 10
MOST_SUGGESTIONS: Final = 10
_SIMILAR_AS: Final = 0.3
"""The share of the median similarity of the hits from which on an article is like them."""
_MOST_SIMILAR: Final = 50
_MOST_CANDIDATES: Final = 40
"""Words tried for one clause: each is evaluated on every article that lacks only this clause."""
_SHORTEST_WORD: Final = 4
_TOO_COMMON: Final = 0.25
"""The share of all articles beyond which a word says nothing about a rule's subject."""
_SECONDS_A_DAY: Final = 86_400


class NoHitsError(ValueError):
    """The rule fires on none of the articles, so that nothing can be similar to its hits."""


@dataclass(frozen=True, slots=True)
class MissedArticle:
    """An article like the rule's hits; ``clause`` is the first clause that keeps the rule silent.

    ``similarity`` is a cosine, from 0 to 1.
    """

    article_id: str
    uri: str
    headline: str
    similarity: float
    clause: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word to add to a clause, with what it costs.

    ``similar`` of the ``articles`` that the rule would gain are like its hits. ``rule`` is the
    changed expression in canonical form.
    """

    word: str
    clause: str
    articles: int
    similar: int
    messages_per_day: float
    rule: str


@dataclass(frozen=True, slots=True)
class MissedReport:
    """What a rule misses among ``articles``, on ``hits`` of which it fires, over ``days``."""

    articles: int
    hits: int
    days: float
    missed: tuple[MissedArticle, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(slots=True, eq=False)
class _Candidate:
    """An article on which the rule does not fire.

    ``failing`` are the numbers of the rule's parts that do not hold. Only an article that lacks one
    of them is kept in full, because only then can a single word help.
    """

    article_id: str
    uri: str
    headline: str
    words: frozenset[str]
    failing: tuple[int, ...]
    document: Document | None
    similarity: float = 0.0


@dataclass(slots=True)
class _Corpus:
    """The articles, read once: how many have each word, the words of hits, and the misses."""

    parts: tuple[Node, ...]
    tree: Node
    document_counts: Counter[str] = field(default_factory=Counter)
    hits: list[frozenset[str]] = field(default_factory=list)
    misses: list[_Candidate] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def add(self, article: TaggedArticle, document: Document) -> None:
        """Sort an article in by whether the rule fires on it."""
        words = frozenset(_words(document))
        self.document_counts.update(words)
        self.times.append(article.article.event_time)
        failing = tuple(i for i, part in enumerate(self.parts) if not holds(part, document))
        if not failing:
            self.hits.append(words)
        else:
            clean = article.article
            self.misses.append(
                _Candidate(
                    article_id=clean.article_id,
                    uri=clean.uri,
                    headline=clean.headline,
                    words=words,
                    failing=failing,
                    document=document if len(failing) == 1 else None,
                )
            )

    @property
    def size(self) -> int:
        return len(self.times)

    @property
    def days(self) -> float:
        """The time that the articles span, at least a day."""
        span = (max(self.times) - min(self.times)).total_seconds() / _SECONDS_A_DAY
        return max(1.0, span)


def find_missed(tree: Node, articles: Iterable[tuple[TaggedArticle, Document]]) -> MissedReport:
    """Return the articles most like the rule's hits on which it does not fire, and words to add.

    Each article comes with its words. Raise NoHitsError if the rule fires on none.
    """
    corpus = _Corpus(tree.of if isinstance(tree, And) else (tree,), tree)
    for article, document in articles:
        corpus.add(article, document)
    if not corpus.hits:
        raise NoHitsError(f"the rule fires on none of {corpus.size} articles")
    similar = _most_similar(corpus)
    return MissedReport(
        articles=corpus.size,
        hits=len(corpus.hits),
        days=corpus.days,
        missed=tuple(_to_missed(candidate, corpus) for candidate in similar[:MOST_SHOWN]),
        suggestions=tuple(_suggestions(corpus, similar)),
    )


def _words(document: Document) -> Iterator[str]:
    for name in FIELDS:
        keys = document.field(name).positions
        yield from (key for key in keys if len(key) >= _SHORTEST_WORD and key.isalpha())


def _most_similar(corpus: _Corpus) -> list[_Candidate]:
    """Return the articles most like the hits, the most similar first, with their similarity."""
    weights = {
        word: math.log(corpus.size / count) for word, count in corpus.document_counts.items()
    }
    counts = Counter(word for words in corpus.hits for word in words)
    centroid = {word: weights[word] * count / len(corpus.hits) for word, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in centroid.values())) or 1.0
    hits = sorted(_cosine(words, weights, centroid, norm) for words in corpus.hits)
    least = _SIMILAR_AS * hits[len(hits) // 2]
    for candidate in corpus.misses:
        candidate.similarity = _cosine(candidate.words, weights, centroid, norm)
    similar = [candidate for candidate in corpus.misses if candidate.similarity >= least > 0]
    similar.sort(key=lambda candidate: (-candidate.similarity, candidate.article_id))
    return similar[:_MOST_SIMILAR]


def _cosine(
    words: frozenset[str],
    weights: Mapping[str, float],
    centroid: Mapping[str, float],
    norm: float,
) -> float:
    length = math.sqrt(sum(weights[word] ** 2 for word in words))
    return sum(weights[w] * centroid.get(w, 0.0) for w in words) / (length * norm or 1.0)


def _to_missed(candidate: _Candidate, corpus: _Corpus) -> MissedArticle:
    return MissedArticle(
        article_id=candidate.article_id,
        uri=candidate.uri,
        headline=candidate.headline,
        similarity=candidate.similarity,
        clause=canonical(corpus.parts[candidate.failing[0]]) if candidate.failing else "",
    )


def _suggestions(corpus: _Corpus, similar: Sequence[_Candidate]) -> list[Suggestion]:
    """Return the words that gain most similar articles for the fewest others, best first."""
    best: dict[frozenset[str], Suggestion] = {}
    for number in range(len(corpus.parts)):
        near_misses = [miss for miss in corpus.misses if miss.failing == (number,)]
        targets = {candidate for candidate in similar if candidate.failing == (number,)}
        if not targets:
            continue
        for word, path in _changes(corpus, targets, number):
            suggestion, gained = _try(corpus, near_misses, targets, word, path)
            if suggestion.similar and gained not in best:
                best[gained] = suggestion
    ranked = sorted(best.values(), key=_rank)
    return ranked[:MOST_SUGGESTIONS]


def _rank(suggestion: Suggestion) -> tuple[float, int, str]:
    """Return the sort key: the similar articles gained, less the others, then the word."""
    others = suggestion.articles - suggestion.similar
    return others - suggestion.similar, suggestion.articles, suggestion.word


def _changes(corpus: _Corpus, targets: set[_Candidate], number: int) -> Iterator[tuple[Term, Path]]:
    """Yield words to try, each with the place in the rule where it becomes an alternative."""
    prefix = (number,) if isinstance(corpus.tree, And) else ()
    words = _candidate_words(corpus, targets)
    for path in _open_places(corpus.parts[number], prefix):
        yield from ((Term((word,)), path) for word in words)


def _candidate_words(corpus: _Corpus, targets: set[_Candidate]) -> list[str]:
    """Return the words that set similar articles apart, the most telling first."""
    inside = Counter(word for miss in targets for word in miss.words)
    used = _words_of_rule(corpus.tree)
    scored = [
        (count * math.log(corpus.size / corpus.document_counts[word]), word)
        for word, count in inside.items()
        if corpus.document_counts[word] <= max(2, _TOO_COMMON * corpus.size) and word not in used
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return [word for _score, word in scored[:_MOST_CANDIDATES]]


def _words_of_rule(node: Node) -> set[str]:
    own = set(node.words) if isinstance(node, Term) else set()
    return own.union(*map(_words_of_rule, children(node)))


def _open_places(node: Node, path: Path) -> Iterator[Path]:
    """Yield where an alternative can stand: beside words and tags, and on both sides of a pair."""
    match node:
        case Term() | Wild() | Tag():
            yield path
        case Or(of) if all(isinstance(part, Term | Wild | Tag) for part in of):
            yield path
        case Near(left, right, negated=False):
            yield from _open_places(left, (*path, 0))
            yield from _open_places(right, (*path, 1))
        case Where(_, of):
            yield from _open_places(of, (*path, 0))
        case Not():
            return
        case _:
            for number, part in enumerate(children(node)):
                yield from _open_places(part, (*path, number))


def _try(
    corpus: _Corpus,
    near_misses: Sequence[_Candidate],
    targets: set[_Candidate],
    term: Term,
    path: Path,
) -> tuple[Suggestion, frozenset[str]]:
    """Return the word as a suggestion, and the ids of the articles that it gains."""
    clause = node_at(corpus.tree, path)
    tree = replace_node(corpus.tree, path, any_of((clause, term)))
    (word,) = term.words
    gained = [
        miss
        for miss in near_misses
        if word in miss.words and miss.document and holds(tree, miss.document)
    ]
    suggestion = Suggestion(
        word=word,
        clause=canonical(clause),
        articles=len(gained),
        similar=sum(miss in targets for miss in gained),
        messages_per_day=len(gained) / corpus.days,
        rule=canonical(tree),
    )
    return suggestion, frozenset(miss.article_id for miss in gained)

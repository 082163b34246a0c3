"""Recall of ``actors propose``: hide some people of the data, and see how high each is proposed.

Articles are JSON lines with id, headline, body (or text), lang, source and date, or texts and pages
in folders. Hidden are people whom at least two articles name in full, at most --hide of them, drawn
with a fixed seed. The baseline is the simplest method: two capitalised words that recur, ranked by
the number of articles. Run: python -m bench.actors_propose ARTICLES… [--hide 30] [--show]
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from bench.tagger import SEEDS
from services.console.inputs.tagged_inputs import Article, iter_tagged_articles
from services.tagger.data.entries import Actor, Entries
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.data.loader import load_entries
from services.tagger.data.variants import variants
from services.tagger.pipeline import tag
from services.tagger.propose.collect import ProposalCollector, name_key
from services.tagger.propose.sightings import find_sightings
from shared.messages.schemas import CleanArticle

RANKS = (10, 30, 50, 100, 200)
TWO_WORDS = re.compile(r"\b[A-Z][\w'-]+ [A-Z][\w'-]+\b")


def main() -> None:
    """Print the recall within the first 10, 30, … proposals, for both methods."""
    parser = argparse.ArgumentParser()
    parser.add_argument("articles", type=Path, nargs="*")
    parser.add_argument("--hide", type=int, default=30)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if not options.articles:
        print("nothing to measure: name files or folders of articles (see the top of this file)")
        return
    entries = load_entries(SEEDS / "actors", SEEDS / "keywords")
    gazetteer = build_gazetteer(entries)
    articles = [
        item.tagged.article
        for item in iter_tagged_articles(options.articles, gazetteer)
        if isinstance(item, Article)
    ]
    hidden = _draw_actors(articles, gazetteer, options.hide)
    proposals = _proposals(articles, build_gazetteer(_without(entries, hidden)))
    methods = (("actors propose", proposals), ("two capitals", _two_capitals(articles)))
    for method, names in methods:
        ranks = {actor: _rank(gazetteer.actors[actor], names) for actor in sorted(hidden)}
        recall = "  ".join(f"@{rank} {_recall(ranks.values(), rank):.2f}" for rank in RANKS)
        print(
            f"{method:16} {len(names):5} names in {len(articles)} articles;"
            f" recall of {len(ranks)} hidden people {recall}"
        )
        if options.show:
            print("  " + ", ".join(f"{actor} {rank or '–'}" for actor, rank in ranks.items()))


def _recall(ranks: Collection[int | None], limit: int) -> float:
    return sum(rank is not None and rank <= limit for rank in ranks) / len(ranks)


def _draw_actors(articles: list[CleanArticle], gazetteer: Gazetteer, limit: int) -> frozenset[str]:
    """Draw from the actors whom at least two articles name in full."""
    counts = Counter(
        actor
        for article in articles
        for actor in {
            m.actor for m in tag(article, gazetteer).mentions if m.kind == "name" and m.actor
        }
    )
    frequent = sorted(
        actor for actor, times in counts.items() if times >= 2 and actor in gazetteer.actors
    )
    return frozenset(random.Random(6).sample(frequent, min(limit, len(frequent))))


def _without(entries: Entries, hidden: frozenset[str]) -> Entries:
    offices = (
        replace(office, terms=tuple(term for term in office.terms if term.holder not in hidden))
        for office in entries.offices
    )
    return replace(
        entries,
        actors=tuple(actor for actor in entries.actors if actor.id not in hidden),
        offices=tuple(offices),
    )


def _proposals(articles: list[CleanArticle], gazetteer: Gazetteer) -> list[tuple[str, ...]]:
    collector = ProposalCollector()
    for article in articles:
        collector.add(find_sightings(tag(article, gazetteer), gazetteer))
    return [(proposal.name, *proposal.also) for proposal in collector.proposals()]


def _two_capitals(articles: list[CleanArticle]) -> list[tuple[str, ...]]:
    counts = Counter(name for article in articles for name in set(TWO_WORDS.findall(article.body)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name,) for name, times in ranked if times >= 2]


def _rank(actor: Actor, proposals: list[tuple[str, ...]]) -> int | None:
    """Return the rank of the first proposal that is a name of the actor, counted from 1."""
    forms = (form.name for form in variants([actor]).get(actor.id, ()))
    keys = {name_key(name) for name in (actor.name, *actor.names, *forms)}
    for rank, names in enumerate(proposals, start=1):
        if keys & set(map(name_key, names)):
            return rank
    return None


if __name__ == "__main__":
    main()

"""How many people whom the data lack does `actors propose` find? Hide some who are known and occur; see how high each is proposed.

Articles are JSON lines with id, headline, body (or text), lang, source and date, or texts and pages in folders. Hidden are the people whom at
least two articles name in full, at most --hide of them, chosen by a seed. The peer is the plainest way: two capitalised words that recur, by the
number of articles. Run: python -m bench.actors_propose ARTICLES… [--hide 30] [--show]
"""

import argparse
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bench.tagger import SEEDS
from services.console.tagged_inputs import Article, iter_tagged_articles
from services.tagger.data.entries import Actor, Entries
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.data.loader import load_entries
from services.tagger.data.variants import variants
from services.tagger.pipeline import tag
from services.tagger.propose.collect import ProposalCollector, name_key
from services.tagger.propose.sightings import find_sightings
from shared.messages.schemas import CleanArticle

CUTS = (10, 30, 50, 100, 200)
TWO_WORDS = re.compile(r"\b[A-Z][\w'-]+ [A-Z][\w'-]+\b")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--hide", type=int, default=30)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    entries = load_entries(SEEDS / "actors", SEEDS / "keywords")
    gazetteer = build_gazetteer(entries)
    found = [
        one.tagged.article
        for one in iter_tagged_articles(given.articles, gazetteer)
        if isinstance(one, Article)
    ]
    hidden = _chosen(found, gazetteer, given.hide)
    proposals = _proposals(found, build_gazetteer(_without(entries, hidden)))
    for name, names in (("actors propose", proposals), ("two capitals", _two_capitals(found))):
        ranks = {actor: _rank(gazetteer.actors[actor], names) for actor in sorted(hidden)}
        cuts = "  ".join(
            f"@{cut} {sum(rank is not None and rank <= cut for rank in ranks.values()) / len(ranks):.2f}"
            for cut in CUTS
        )
        print(
            f"{name:16} {len(names):5} names in {len(found)} articles; of {len(ranks)} hidden people recall {cuts}"
        )
        if given.show:
            print("  " + ", ".join(f"{actor} {rank or '–'}" for actor, rank in ranks.items()))


def _chosen(found: list[CleanArticle], gazetteer: Gazetteer, most: int) -> frozenset[str]:
    """People whom two articles name in full."""
    named = Counter(
        actor
        for article in found
        for actor in {
            m.actor for m in tag(article, gazetteer).mentions if m.kind == "name" and m.actor
        }
    )
    often = sorted(
        actor for actor, times in named.items() if times >= 2 and actor in gazetteer.actors
    )
    return frozenset(random.Random(6).sample(often, min(most, len(often))))


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


def _proposals(found: list[CleanArticle], gazetteer: Gazetteer) -> list[tuple[str, ...]]:
    gathering = ProposalCollector()
    for article in found:
        gathering.add(find_sightings(tag(article, gazetteer), gazetteer))
    return [(one.name, *one.also) for one in gathering.proposals()]


def _two_capitals(found: list[CleanArticle]) -> list[tuple[str, ...]]:
    counted = Counter(name for article in found for name in set(TWO_WORDS.findall(article.body)))
    return [
        (name,)
        for name, times in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        if times >= 2
    ]


def _rank(actor: Actor, proposed: list[tuple[str, ...]]) -> int | None:
    spelled = {
        name_key(name)
        for name in (
            actor.name,
            *actor.names,
            *(form.name for form in variants([actor]).get(actor.id, ())),
        )
    }
    return next(
        (
            rank
            for rank, names in enumerate(proposed, start=1)
            if spelled & set(map(name_key, names))
        ),
        None,
    )


if __name__ == "__main__":
    main()

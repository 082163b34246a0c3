"""``summitwire actors propose``: names that recur in articles and are not in the data."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.console.actors.proposal_view import (
    IdentifiedProposal,
    as_json,
    as_text,
    as_yaml,
    assign_ids,
)
from services.console.durations import parse_since
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import ACTORS, KEYWORDS, ActorsFolder, KeywordsFolder, Since
from services.console.printing.json_lines import json_line
from services.console.progress import progress_bar
from services.console.rules.backtest.run import iter_values, topic_size
from services.console.tagged_inputs import iter_tagged_articles, require_paths
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.collect import ProposalCollector
from services.tagger.propose.sightings import find_sightings
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle


class ProposalKind(StrEnum):
    """What a name is likely to be the name of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNCLEAR = "unclear"
    ALL = "all"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH…",
        help="Texts and pages, folders of them, or JSON lines as `try tag` takes them; "
        "- is standard input.",
    ),
]
FromTopic = Annotated[
    bool,
    typer.Option(
        "--from-topic",
        help=f"Every article that {ARTICLES_CLEAN.name} still holds, instead of files.",
    ),
]
MinArticles = Annotated[
    int, typer.Option("--least", min=1, help="Different articles that must have the name.")
]
MaxProposals = Annotated[
    int, typer.Option("--most", min=1, help="Proposals at most, the likeliest first.")
]
Kind = Annotated[
    ProposalKind, typer.Option("--kind", help="Only names that are likely to be this.")
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a proposal on standard output.")
]
Yaml = Annotated[
    bool,
    typer.Option(
        "--yaml",
        help="Entries to paste into seeds/actors and to complete: country and gender are open.",
    ),
]


def propose(
    paths: Paths = None,
    from_topic: FromTopic = False,
    since: Since = None,
    min_articles: MinArticles = 2,
    max_proposals: MaxProposals = 50,
    kind: Kind = ProposalKind.ALL,
    json_: Json = False,
    yaml: Yaml = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Propose names that recur in articles and are not in the data, for a person to accept.

    No alert ever depends on a proposal. Only names in Latin script are proposed, and the rules are
    made for English; languages that write every noun with a capital (German) are skipped. The
    score is articles and sources × signs of an actor (a title, a verb of saying, an age, a role, a
    first name that known people have, the surname alone later) × known actors in the same articles.

    Example: summitwire actors propose --from-topic --since 7d --kind person --yaml > proposed.yaml
    """
    _check_arguments(paths, from_topic, since, json_, yaml)
    gazetteer, collector = load_gazetteer(actors, keywords), ProposalCollector()
    started = time.monotonic()
    if from_topic:
        cluster = Cluster(settings.load(settings.KafkaSettings))
        collect = _collect_topic(cluster, parse_since(since), gazetteer, collector)
        unreadable = asyncio.run(collect)
    else:
        require_paths(paths or [])
        unreadable = _collect_files(paths or [], gazetteer, collector)
    if not collector.articles:
        raise fail("no article was found", EXIT_BAD)
    proposals = [
        proposal
        for proposal in collector.proposals(min_articles=min_articles)
        if kind in (ProposalKind.ALL, proposal.kind)
    ]
    ids = (*gazetteer.actors, *gazetteer.organisations, *gazetteer.offices)
    printed = assign_ids(proposals[:max_proposals], ids)
    for line in _lines(printed, json_=json_, yaml=yaml):
        typer.echo(line)
    rate = collector.articles / max(time.monotonic() - started, 0.001)
    say(
        f"{len(printed)} of {len(proposals)} names in {collector.articles} articles, "
        f"{rate:.0f} articles a second"
        + (f"; {unreadable} were not articles and were skipped" if unreadable else "")
    )


def _check_arguments(
    paths: list[Path] | None, from_topic: bool, since: str | None, json_: bool, yaml: bool
) -> None:
    if bool(paths) == from_topic:
        raise fail("say either which articles (PATH…) or --from-topic", EXIT_USAGE)
    if since and not from_topic:
        raise fail("--since goes with --from-topic", EXIT_USAGE)
    if json_ and yaml:
        raise fail("give either --json or --yaml, not both", EXIT_USAGE)


def _lines(proposals: Sequence[IdentifiedProposal], *, json_: bool, yaml: bool) -> Iterable[str]:
    if json_:
        return (json_line(as_json(proposal)) for proposal in proposals)
    if yaml:
        return as_yaml(proposals)
    return (
        line
        for number, proposal in enumerate(proposals, start=1)
        for line in as_text(number, proposal)
    )


def _collect_files(paths: list[Path], gazetteer: Gazetteer, collector: ProposalCollector) -> int:
    """Add the articles of files; return how many inputs are not articles, each printed."""
    unreadable = 0
    with progress_bar(None) as advance:
        for article in iter_tagged_articles(paths, gazetteer):
            if isinstance(article, Problem):
                say(str(article))
                unreadable += 1
            else:
                collector.add(find_sightings(article.tagged, gazetteer))
            advance(1)
    return unreadable


async def _collect_topic(
    cluster: Cluster, since_ms: int | None, gazetteer: Gazetteer, collector: ProposalCollector
) -> int:
    """Add the articles of the topic; return how many records are not articles."""
    size = await topic_size(cluster, ARTICLES_CLEAN.name)
    unreadable = 0
    with progress_bar(size) as advance:
        async for value in iter_values(cluster, ARTICLES_CLEAN.name, since_ms):
            try:
                article = tag(decode(value, CleanArticle), gazetteer)
            except InvalidMessage:
                unreadable += 1
            else:
                collector.add(find_sightings(article, gazetteer))
            advance(1)
    return unreadable

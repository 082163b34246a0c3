"""``summitwire actors propose``: names that recur in articles and are not in the data."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from services.console.actors import handover_view
from services.console.actors.proposal_view import (
    IdentifiedProposal,
    as_json,
    as_text,
    as_yaml,
    assign_ids,
)
from services.console.durations import parse_since
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.inputs.tagged_inputs import (
    iter_tagged_articles,
    require_one_source,
    require_paths,
)
from services.console.options import ACTORS, KEYWORDS, ActorsFolder, KeywordsFolder, Since
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.progress import progress_bar
from services.console.rules.backtest.run import iter_values, topic_size
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.collect import Proposal, ProposalCollector
from services.tagger.propose.collect_handovers import HandoverCollector, HandoverProposal
from services.tagger.propose.handovers import find_handovers
from services.tagger.propose.sightings import find_sightings
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle, TaggedArticle


class ProposalKind(StrEnum):
    """What a name is likely to be the name of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNCLEAR = "unclear"
    ALL = "all"


AddArticle = Callable[[TaggedArticle], None]
Collect = Callable[[AddArticle], str]
"""Adds every article, and returns in words how many there were."""

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
    int | None,
    typer.Option(
        "--least",
        min=1,
        help="Different articles that must have the name (by default 2), or report the change (1).",
    ),
]
MaxProposals = Annotated[
    int, typer.Option("--most", min=1, help="Proposals at most, the likeliest first.")
]
Kind = Annotated[
    ProposalKind, typer.Option("--kind", help="Only names that are likely to be this.")
]
Offices = Annotated[
    bool,
    typer.Option(
        "--offices",
        help="Who takes or leaves an office, by what articles report, instead of names: with the "
        "day, the sentences, and what the data say. Nothing is changed.",
    ),
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
    min_articles: MinArticles = None,
    max_proposals: MaxProposals = 50,
    kind: Kind = ProposalKind.ALL,
    offices: Offices = False,
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

    With --offices, reports that somebody was sworn in, appointed or elected, resigned, was sacked
    or replaced are collected from English articles and compared with the data.

    Example: summitwire actors propose --from-topic --since 7d --kind person --yaml > proposed.yaml

    Example: summitwire actors propose --offices --from-topic --since 7d
    """
    _check_arguments(paths, from_topic, since, json_, yaml, offices, kind)
    gazetteer = load_gazetteer(actors, keywords)
    collect = partial(_collect, paths, from_topic, since, gazetteer)
    if offices:
        changes, total = _propose_changes(collect, gazetteer, min_articles or 1)
        shown = changes[:max_proposals]
        text = _change_lines(shown, json_=json_)
        total = f"{len(shown)} of {len(changes)} changes of office in {total}"
    else:
        proposals, total = _propose_names(collect, gazetteer, min_articles or 2, kind)
        ids = (*gazetteer.actors, *gazetteer.organisations, *gazetteer.offices)
        identified = assign_ids(proposals[:max_proposals], ids)
        text = _lines(identified, json_=json_, yaml=yaml)
        total = f"{len(identified)} of {len(proposals)} names in {total}"
    for line in text:
        typer.echo(line)
    say(total)


def _propose_changes(
    collect: Collect, gazetteer: Gazetteer, min_articles: int
) -> tuple[list[HandoverProposal], str]:
    collector = HandoverCollector(gazetteer)
    total = collect(lambda article: collector.add(find_handovers(article, gazetteer)))
    return collector.proposals(min_articles=min_articles), total


def _propose_names(
    collect: Collect, gazetteer: Gazetteer, min_articles: int, kind: ProposalKind
) -> tuple[list[Proposal], str]:
    collector = ProposalCollector()
    total = collect(lambda article: collector.add(find_sightings(article, gazetteer)))
    proposals = collector.proposals(min_articles=min_articles)
    return [proposal for proposal in proposals if kind in (ProposalKind.ALL, proposal.kind)], total


def _collect(
    paths: list[Path] | None,
    from_topic: bool,
    since: str | None,
    gazetteer: Gazetteer,
    add: AddArticle,
) -> str:
    """Add every article; return in words how many there were. Exits with 1 if there was none."""
    ids, started = set[str](), time.monotonic()

    def add_and_count(article: TaggedArticle) -> None:
        ids.add(article.article.article_id)
        add(article)

    if from_topic:
        cluster = Cluster(settings.load(settings.KafkaSettings))
        collect = _collect_topic(cluster, parse_since(since), gazetteer, add_and_count)
        unreadable = asyncio.run(collect)
    else:
        require_paths(paths or [])
        unreadable = _collect_files(paths or [], gazetteer, add_and_count)
    if not ids:
        raise fail("no article was found", EXIT_BAD)
    rate = len(ids) / max(time.monotonic() - started, 0.001)
    skipped = f"; {count_of(unreadable, 'record')} skipped: no articles" if unreadable else ""
    return f"{count_of(len(ids), 'article')}, {rate:.0f} articles a second{skipped}"


def _check_arguments(
    paths: list[Path] | None,
    from_topic: bool,
    since: str | None,
    json_: bool,
    yaml: bool,
    offices: bool,
    kind: ProposalKind,
) -> None:
    require_one_source(paths, from_topic=from_topic, since=since, metavar="PATH…")
    if json_ and yaml:
        raise fail("give either --json or --yaml, not both", EXIT_USAGE)
    if offices and (yaml or kind is not ProposalKind.ALL):
        raise fail("--yaml and --kind are for names; leave them out with --offices", EXIT_USAGE)


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


def _change_lines(proposals: Sequence[HandoverProposal], *, json_: bool) -> Iterable[str]:
    if json_:
        return (json_line(handover_view.as_json(proposal)) for proposal in proposals)
    return (
        line
        for number, proposal in enumerate(proposals, start=1)
        for line in handover_view.as_text(number, proposal)
    )


def _collect_files(paths: list[Path], gazetteer: Gazetteer, add: AddArticle) -> int:
    """Add the articles of files; return how many inputs are not articles, each printed."""
    unreadable = 0
    with progress_bar(None) as advance:
        for article in iter_tagged_articles(paths, gazetteer):
            if isinstance(article, Problem):
                say(str(article))
                unreadable += 1
            else:
                add(article.tagged)
            advance(1)
    return unreadable


async def _collect_topic(
    cluster: Cluster,
    since_ms: int | None,
    gazetteer: Gazetteer,
    add: AddArticle,
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
                add(article)
            advance(1)
    return unreadable

"""``summitwire actors propose``: names that recur in articles and are not in the data, for a person to accept."""

import asyncio
import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from services.console import durations
from services.console.actors.proposal_view import as_json, as_text, as_yaml, assign_ids
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.rules.backtest_run import iter_values, progress_bar, topic_size
from services.console.tagged_inputs import iter_tagged_articles, require_paths
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.collect import Proposal, ProposalCollector
from services.tagger.propose.sightings import find_sightings
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle

_SEEDS: Final = settings.project_root() / "seeds"


class Sort(StrEnum):
    """What a name is likely to be a name of."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNCLEAR = "unclear"
    ALL = "all"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH…",
        help="Texts and pages, folders of them, or JSON lines as `try tag` takes them; - is standard input.",
    ),
]
FromTopic = Annotated[
    bool,
    typer.Option(
        "--from-topic",
        help=f"Every article that {ARTICLES_CLEAN.name} still holds, in place of files.",
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="With --from-topic: only what was written since, e.g. 7d."),
]
Least = Annotated[
    int, typer.Option("--least", min=1, help="Different articles that must name somebody.")
]
Most = Annotated[int, typer.Option("--most", min=1, help="Proposals at most, the likeliest first.")]
Wanted = Annotated[Sort, typer.Option("--kind", help="Only what is likely to be one.")]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object a proposal on standard output.")
]
Yaml = Annotated[
    bool,
    typer.Option(
        "--yaml",
        help="Entries to paste into seeds/actors and to complete: country and gender are left open.",
    ),
]
Actors = Annotated[
    Path,
    typer.Option(
        "--actors",
        exists=True,
        help="Folder of people, offices and countries.",
        show_default="seeds/actors",
    ),
]
Keywords = Annotated[
    Path,
    typer.Option(
        "--keywords", exists=True, help="Folder of the vocabulary.", show_default="seeds/keywords"
    ),
]


def propose(
    paths: Paths = None,
    from_topic: FromTopic = False,
    since: Since = None,
    least: Least = 2,
    most: Most = 50,
    kind: Wanted = Sort.ALL,
    json_: Json = False,
    yaml: Yaml = False,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
) -> None:
    """Propose names that recur in articles and are not in the data, for a person to accept.

    No alert ever depends on a proposal.

    Names in Latin script only, made for English; languages that write every noun with a capital (German) are passed over. Score: articles and
    sources × what speaks for an actor (a title, a verb of saying, an age, a role, a first name that known people have, the surname alone later) ×
    known actors in the same articles.

    Example: summitwire actors propose --from-topic --since 7d --kind person --yaml > proposed.yaml
    """
    _check_use(paths, from_topic, since, json_, yaml)
    gazetteer, gathering, started = (
        load_gazetteer(actors, keywords),
        ProposalCollector(),
        time.monotonic(),
    )
    if from_topic:
        since_ms = int((time.time() - durations.parse_duration(since)) * 1000) if since else None
        unreadable = asyncio.run(
            _gather_topic(
                Cluster(settings.load(settings.KafkaSettings)), since_ms, gazetteer, gathering
            )
        )
    else:
        require_paths(paths or [])
        unreadable = _gather_files(paths or [], gazetteer, gathering)
    if not gathering.articles:
        raise fail("no article was found", EXIT_BAD)
    found = [one for one in gathering.proposals(min_articles=least) if kind in (Sort.ALL, one.kind)]
    given = assign_ids(
        found[:most], [*gazetteer.actors, *gazetteer.organisations, *gazetteer.offices]
    )
    for line in _lines(given, json_=json_, yaml=yaml):
        typer.echo(line)
    rate = gathering.articles / max(time.monotonic() - started, 0.001)
    told = f"{len(given)} of {len(found)} names in {gathering.articles} articles, {rate:.0f} articles a second"
    say(told + (f"; {unreadable} were no articles and were passed over" if unreadable else ""))


def _check_use(
    paths: list[Path] | None, from_topic: bool, since: str | None, json_: bool, yaml: bool
) -> None:
    if bool(paths) == from_topic:
        raise fail("say either which articles (PATH…) or --from-topic", EXIT_USAGE)
    if since and not from_topic:
        raise fail("--since goes with --from-topic", EXIT_USAGE)
    if json_ and yaml:
        raise fail("give either --json or --yaml, not both", EXIT_USAGE)


def _lines(given: list[tuple[str, Proposal]], *, json_: bool, yaml: bool) -> Iterable[str]:
    if json_:
        return (orjson.dumps(as_json(one)).decode() for one in given)
    return (
        as_yaml(given)
        if yaml
        else (line for number, one in enumerate(given, start=1) for line in as_text(number, one))
    )


def _gather_files(paths: list[Path], gazetteer: Gazetteer, gathering: ProposalCollector) -> int:
    """Adds what the files hold; how many are no articles, each told."""
    bad = 0
    with progress_bar(None) as advance:
        for one in iter_tagged_articles(paths, gazetteer):
            if isinstance(one, Problem):
                say(str(one))
                bad += 1
            else:
                gathering.add(find_sightings(one.tagged, gazetteer))
            advance(1)
    return bad


async def _gather_topic(
    cluster: Cluster, since_ms: int | None, gazetteer: Gazetteer, gathering: ProposalCollector
) -> int:
    size = await topic_size(cluster, ARTICLES_CLEAN.name)
    bad = 0
    with progress_bar(size) as advance:
        async for value in iter_values(cluster, ARTICLES_CLEAN.name, since_ms):
            bad += not _gather_record(value, gazetteer, gathering)
            advance(1)
    return bad


def _gather_record(value: bytes | None, gazetteer: Gazetteer, gathering: ProposalCollector) -> bool:
    try:
        gathering.add(find_sightings(tag(decode(value, CleanArticle), gazetteer), gazetteer))
    except InvalidMessage:
        return False
    return True

"""``summitwire replay``: articles from files, archives or a retained topic onto articles.raw."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import ProducerFenced

from services.console.durations import parse_duration
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail
from services.console.inputs.article_inputs import (
    STANDARD_INPUT,
    Place,
    UnusableInput,
    parse_moment,
)
from services.console.options import JsonLines
from services.console.replay.inputs import iter_inputs
from services.console.replay.pace import parse_speed
from services.console.replay.position import ChangedInput
from services.console.replay.replayer import Replay
from services.console.replay.report import ReplaySummary, print_articles
from services.console.replay.selection import Period
from services.console.replay.sources import ReplaySource, from_files, from_topic
from services.console.replay.throttle import DEFAULT_MAX_LAG
from services.console.replay.verify import wait_for_alerts
from services.fetcher.seeds import manifest
from services.fetcher.seeds.seed_articles import Skipped
from shared.base import settings
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Files, folders (with a manifest.yaml or without), .zip, .warc[.gz] and .jsonl[.gz]; "
        "- reads JSON lines from standard input."
    ),
]
Speed = Annotated[
    str, typer.Option(help="'max', or a multiple of the articles' own pace such as 10x.")
]
MaxGap = Annotated[
    str | None,
    typer.Option("--max-gap", help="With a --speed: wait at most this long for an article: 30s."),
]
Begin = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Only articles of this time or later."),
]
End = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Only articles before this time.")
]
FromTopic = Annotated[
    str | None,
    typer.Option(
        "--from-topic", help="Replay a retained topic (articles.raw.v1) instead of files."
    ),
]
Since = Annotated[str, typer.Option(help="With --from-topic: how far back, e.g. 7d.")]
Name = Annotated[
    str | None,
    typer.Option("--name", help="Its name, by which it is continued; by default the paths are."),
]
Resume = Annotated[
    bool,
    typer.Option("--resume/--restart", help="Continue an interrupted replay, or begin it anew."),
]
MaxLag = Annotated[
    int,
    typer.Option(
        "--max-lag", min=0, help="Pause while a stage is further behind, in records; 0: never."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="List what would be sent, and send nothing.")
]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify", help="Wait until all is matched, then print the SHA-256 of the set of alerts."
    ),
]


def replay(
    paths: Paths = None,
    speed: Speed = "max",
    max_gap: MaxGap = None,
    begin: Begin = None,
    end: End = None,
    from_topic_: FromTopic = None,
    since: Since = "7d",
    name: Name = None,
    resume: Resume = True,
    max_lag: MaxLag = DEFAULT_MAX_LAG,
    dry_run: DryRun = False,
    verify: Verify = False,
    json_: JsonLines = False,
) -> None:
    """Put articles on articles.raw, as if they came in now, marked with a replay id.

    Keys and dates are those of live articles. With --speed 10x they come in the order of their
    time, ten hours in one. Give the same command again to continue an interrupted replay: no
    article is lost, and none is sent twice. A second replay raises the same alerts and posts none
    twice.

    Example: summitwire replay seeds/articles --verify

    Example: summitwire replay crawl.warc.gz --from 2018-09-11 --speed 60x --max-gap 10s

    Example: summitwire tail articles.raw.v1 --from-beginning --json | summitwire replay - --dry-run
    """
    if bool(paths) == bool(from_topic_):
        raise fail("say either what to replay (PATH…) or --from-topic", EXIT_USAGE)
    pace = parse_speed(speed, parse_duration(max_gap) if max_gap else None)
    if max_gap and pace.factor is None:
        raise fail("--max-gap goes with a --speed such as 10x", EXIT_USAGE)
    period = _parse_period(begin, end)
    check_paths(paths or [])
    cluster = Cluster(settings.load(settings.KafkaSettings))
    source = from_files(paths or [], name)
    if from_topic_:
        source = _topic_source(cluster, from_topic_, since, name)
    job = Replay(cluster, source, pace, period, max_lag or None, is_new=not resume)
    asyncio.run(_list(job, json_) if dry_run else _run(job, verify, json_))


def _topic_source(cluster: Cluster, topic: str, since: str, name: str | None) -> ReplaySource:
    if topic != ARTICLES_RAW.name:
        reason = f"only {ARTICLES_RAW.name} holds what can be replayed"
        raise fail(f"--from-topic {topic}: {reason}", EXIT_USAGE)
    return from_topic(cluster, topic, parse_duration(since), name)


def _parse_period(begin: str | None, end: str | None) -> Period:
    try:
        period = Period(
            parse_moment(begin, Place("--from")) if begin else None,
            parse_moment(end, Place("--until")) if end else None,
        )
    except (UnusableInput, OverflowError) as error:
        raise fail(str(error), EXIT_USAGE) from None
    if period.begin and period.end and period.begin >= period.end:
        raise fail(f"--until {end} is not after --from {begin}", EXIT_USAGE)
    return period


def check_paths(paths: Sequence[Path]) -> None:
    """Check the paths before anything is sent.

    Exit with 2 for a path without an article. DocumentError lists the mistakes of all manifests.
    """
    paths = [path for path in paths if str(path) != STANDARD_INPUT]
    missing = [f"{path}: is neither a file nor a folder" for path in paths if not path.exists()]
    if missing:
        raise fail("\n".join(missing), EXIT_USAGE)
    problems = [
        problem
        for folder in sorted({folder for path in paths for folder in _folders(path)})
        if (folder / manifest.NAME).exists()
        for problem in manifest.load(folder)[1]
    ]
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise DocumentError(errors)
    empty = [path for path in paths if not _has_item(path)]
    if empty:
        raise fail("\n".join(f"{path}: holds no article" for path in empty), EXIT_USAGE)


def _has_item(path: Path) -> bool:
    return any(not isinstance(item, Skipped) for item in iter_inputs([path]))


def _folders(path: Path) -> list[Path]:
    """Return the folders that may hold a manifest for the path."""
    if path.is_file():
        return [path.parent]
    return [Path(folder) for folder, _, _ in os.walk(path)]


async def _list(job: Replay, as_json: bool) -> None:
    """Print what would be sent; exit with 1 if there are problems."""
    started_ms = 2**62  # what the topic holds now
    count = await print_articles(job.articles(started_ms), as_json=as_json)
    summary = ReplaySummary(replay_id=job.replay_id, articles=count, is_dry_run=True)
    _end(summary, job, as_json)


async def _run(job: Replay, verify: bool, as_json: bool) -> None:
    try:
        count = await job.run()
    except ChangedInput as error:
        raise fail(str(error), EXIT_BAD) from None
    except ProducerFenced:
        reason = f"another process has started this replay ({job.replay_id}) and goes on with it"
        raise fail(reason, EXIT_BAD) from None
    sha256 = await wait_for_alerts(job.cluster, job.replay_id) if verify else None
    summary = ReplaySummary(
        replay_id=job.replay_id,
        articles=count,
        resumed_at=job.resumed_at,
        waited_s=job.waited_s,
        alerts_sha256=sha256,
    )
    _end(summary, job, as_json)


def _end(summary: ReplaySummary, job: Replay, as_json: bool) -> None:
    summary.print(job.tally, as_json=as_json)
    if job.tally.problem_count:
        raise typer.Exit(EXIT_BAD)

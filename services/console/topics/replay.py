"""``summitwire replay``: articles from files or a retained topic onto articles.raw."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.console.durations import parse_duration
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.printing.plurals import count_of
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.pace import parse_speed
from services.console.topics.replayer import Replay, from_files, from_topic
from services.console.topics.topic_reader import iter_retained, partitions_of
from services.fetcher.seeds import manifest
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base import settings
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_RAW
from shared.messages.headers import REPLAY_ID, decode_headers

VERIFY_STAGES: Final = tuple(
    stage for stage in STAGES if stage[0] in ("cleaner", "tagger", "alerting/match")
)
VERIFY_TIMEOUT_S: Final = 3_600.0

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Files and folders; a folder may hold a manifest.yaml."),
]
Speed = Annotated[
    str, typer.Option(help="'max', or a multiple of the articles' own pace such as 10x.")
]
FromTopic = Annotated[
    str | None,
    typer.Option(
        "--from-topic", help="Replay a retained topic (articles.raw.v1) instead of files."
    ),
]
Since = Annotated[str, typer.Option(help="With --from-topic: how far back, e.g. 7d.")]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify", help="Wait until all is matched, then print the SHA-256 of the set of alerts."
    ),
]


def replay(
    paths: Paths = None,
    speed: Speed = "max",
    from_topic_: FromTopic = None,
    since: Since = "7d",
    verify: Verify = False,
) -> None:
    """Put articles on articles.raw, as if they came in now, marked with a replay id.

    Keys and dates are those of live articles. Give the same command again to continue an
    interrupted replay. A second replay raises the same alerts and posts none twice.

    Example: summitwire replay seeds/articles --verify
    """
    if bool(paths) == bool(from_topic_):
        raise fail("say either what to replay (PATH…) or --from-topic", EXIT_USAGE)
    check_paths(paths or [])
    if from_topic_ and from_topic_ != ARTICLES_RAW.name:
        reason = f"only {ARTICLES_RAW.name} holds what can be replayed"
        raise fail(f"--from-topic {from_topic_}: {reason}", EXIT_USAGE)
    cluster = Cluster(settings.load(settings.KafkaSettings))
    source = from_files(paths or [])
    if from_topic_:
        source = from_topic(cluster, from_topic_, parse_duration(since))
    asyncio.run(_run(cluster, Replay(cluster, source, parse_speed(speed)), verify))


def check_paths(paths: Sequence[Path]) -> None:
    """Check the paths before anything is sent.

    Exit with 2 for a path without an article. DocumentError lists the mistakes of all manifests.
    """
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
    empty = [path for path in paths if next(iter(iter_articles([path])), None) is None]
    if empty:
        raise fail("\n".join(f"{path}: holds no article" for path in empty), EXIT_USAGE)


async def alerts_sha256(cluster: Cluster, replay_id: str | None = None) -> str:
    """Return the SHA-256 over the set of alerts (of one replay).

    It is taken over the alerts' canonical bytes, which hold their ids, sorted, each once.
    """
    alerts = {
        record.value
        async for record in iter_retained(cluster, ALERTS.name)
        if replay_id in (None, _replay_id(record))
    }
    return hashlib.sha256(b"\n".join(sorted(alerts))).hexdigest()


def _folders(path: Path) -> list[Path]:
    """Return the folders that may hold a manifest for the path."""
    if path.is_file():
        return [path.parent]
    return [Path(folder) for folder, _, _ in os.walk(path)]


async def _run(cluster: Cluster, job: Replay, verify: bool) -> None:
    # Fails at once without a broker or the topic; the producer would try for a minute.
    await partitions_of(cluster, ARTICLES_RAW.name)
    count = await job.run()
    say(f"replayed {count_of(count, 'article')} (replay id {job.replay_id})")
    for problem in job.problems:
        say(str(problem))
    if verify:
        await _verify(cluster, job.replay_id)
    if job.problems:
        raise typer.Exit(EXIT_BAD)


async def _verify(cluster: Cluster, replay_id: str) -> None:
    if not await wait_until_idle(cluster, deadline_s=VERIFY_TIMEOUT_S, stages=VERIFY_STAGES):
        raise fail("the services have not finished: are they running? (`summitwire up`)", EXIT_BAD)
    typer.echo(await alerts_sha256(cluster, replay_id))


def _replay_id(record: Any) -> str | None:
    return decode_headers(record.headers).get(REPLAY_ID)

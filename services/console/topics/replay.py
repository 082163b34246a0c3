"""``summitwire replay``: articles from files, folders or a retained topic onto articles.raw, as if they came in now."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.console import durations
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.topics import pace
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.replayer import Replay, from_files, from_topic
from services.console.topics.topic_reader import iter_retained, partitions_of
from services.fetcher import manifest
from services.fetcher.seeds import iter_articles
from shared.base import settings
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_RAW
from shared.messages import headers

VERIFY_STAGES = tuple(
    stage for stage in STAGES if stage[0] in ("cleaner", "tagger", "alerting/match")
)
VERIFY_LIMIT_S = 3_600.0


def replay(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files and folders; a folder may hold a manifest.yaml."),
    ] = None,
    speed: Annotated[
        str, typer.Option(help="'max', or a multiple of the articles' own pace such as 10x.")
    ] = "max",
    from_topic_: Annotated[
        str | None,
        typer.Option(
            "--from-topic", help="Replay a retained topic (articles.raw.v1) in place of files."
        ),
    ] = None,
    since: Annotated[str, typer.Option(help="With --from-topic: how far back, e.g. 7d.")] = "7d",
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Wait until all is matched, then print the SHA-256 of the set of alerts.",
        ),
    ] = False,
) -> None:
    """Put articles on articles.raw, as if they came in now, marked with a replay id.

    An interrupted replay goes on where it stopped when the same command is given again. Replaying twice raises the same alerts and posts none twice.

    Example: summitwire replay seeds/articles --verify
    """
    if bool(paths) == bool(from_topic_):
        raise fail("say either what to replay (PATH…) or --from-topic", EXIT_USAGE)
    check_paths(paths or [])
    if from_topic_ and from_topic_ != ARTICLES_RAW.name:
        raise fail(
            f"--from-topic {from_topic_}: only {ARTICLES_RAW.name} holds what can be replayed",
            EXIT_USAGE,
        )
    cluster = Cluster(settings.load(settings.KafkaSettings))
    source = (
        from_topic(cluster, from_topic_, durations.parse_duration(since))
        if from_topic_
        else from_files(paths or [])
    )
    asyncio.run(_replay(cluster, Replay(cluster, source, pace.parse_speed(speed)), verify))


def check_paths(paths: Sequence[Path]) -> None:
    """Before anything is sent: exit 2 for a path without an article; DocumentError with the mistakes of every manifest."""
    missing = [f"{path}: is neither a file nor a folder" for path in paths if not path.exists()]
    if missing:
        raise fail("\n".join(missing), EXIT_USAGE)
    folders = {
        folder
        for path in paths
        for folder in (
            [path.parent] if path.is_file() else [Path(each) for each, _, _ in os.walk(path)]
        )
    }
    mistakes = [
        mistake
        for folder in sorted(folders)
        if (folder / manifest.NAME).exists()
        for mistake in manifest.load(folder)[1]
    ]
    if errors := [mistake for mistake in mistakes if mistake.level == "error"]:
        raise DocumentError(errors)
    empty = [
        f"{path}: holds no article" for path in paths if next(iter_articles([path]), None) is None
    ]
    if empty:
        raise fail("\n".join(empty), EXIT_USAGE)


async def _replay(cluster: Cluster, replay: Replay, verify: bool) -> None:
    await partitions_of(
        cluster, ARTICLES_RAW.name
    )  # no broker, no topic: told at once; the producer would try for a minute
    count = await replay.run()
    say(f"replayed {count} articles (replay id {replay.replay_id})")
    for problem in replay.problems:
        say(str(problem))
    if verify:
        await _verify(cluster, replay.replay_id)
    if replay.problems:
        raise typer.Exit(EXIT_BAD)


async def _verify(cluster: Cluster, replay_id: str) -> None:
    if not await wait_until_idle(cluster, deadline_s=VERIFY_LIMIT_S, stages=VERIFY_STAGES):
        raise fail("the services have not finished: are they running? (`summitwire up`)", EXIT_BAD)
    typer.echo(await alerts_sha256(cluster, replay_id))


async def alerts_sha256(cluster: Cluster, replay_id: str | None = None) -> str:
    """SHA-256 over the set of alerts (of one replay): each one's canonical bytes, which hold its id, sorted, each once."""
    alerts = {
        record.value
        async for record in iter_retained(cluster, ALERTS.name)
        if replay_id in (None, _replay_id(record))
    }
    return hashlib.sha256(b"\n".join(sorted(alerts))).hexdigest()


def _replay_id(record: object) -> str | None:
    return headers.decode_headers(record.headers).get(headers.REPLAY_ID)  # type: ignore[attr-defined]  # a record of aiokafka, which publishes no types

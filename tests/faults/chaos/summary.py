"""Turn the observations of a chaos run into its report."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_RAW, dead_letter_sources
from shared.messages.codec import decode
from shared.messages.schemas import Alert, RawArticle
from tests.faults.chaos import figures, material
from tests.faults.chaos.accounting import Account, SeenAlert, SeenPost, account
from tests.faults.chaos.figures import Recovery, Span
from tests.faults.chaos.fleet import Fleet
from tests.faults.chaos.inflict import Inflicted
from tests.faults.chaos.report import ServiceFigures
from tests.faults.chaos.schedule import Kind
from tests.faults.chaos.watch import ProcessWatch, most_in_a_minute
from tests.kafka_tools import consume

WARM_UP_S: Final = 45.0
FALSE_GREEN_AFTER_S: Final = 15.0


async def counted(cluster: Cluster, wanted: set[int], posts: Sequence[str]) -> Account:
    """Read every relevant topic, and compare; ``posts`` are the texts that Slack accepted."""
    alerts = [decode(record.value, Alert) for record in await consume(cluster, ALERTS.name)]
    raw = [decode(record.value, RawArticle) for record in await consume(cluster, ARTICLES_RAW.name)]
    dead = [topic.dead_letters for topic in dead_letter_sources()]
    return account(
        wanted,
        raw=[material.number_of_uri(each.uri) for each in raw],
        alerts=[
            SeenAlert(alert_id=a.alert_id, number=material.number_of(a.headline)) for a in alerts
        ],
        posts=[
            SeenPost(number=material.number_of(text), marked=material.MARK in text)
            for text in posts
        ],
        dead_letters={topic: len(await consume(cluster, topic)) for topic in dead},
    )


def recoveries(done: Sequence[Inflicted], outputs: Sequence[float]) -> dict[str, Recovery]:
    """Return the time from the end of a fault to the next output, by kind of fault."""
    return {
        kind: figures.recovery([figures.first_after(outputs, each.ended) for each in of_kind])
        for kind, of_kind in _by_kind(done).items()
    }


def backlogs(done: Sequence[Inflicted], under_way: dict[int, Span]) -> dict[str, Recovery]:
    """Return the time from the end of a fault until its backlog was alerted, by kind of fault."""
    waits = {
        kind: [figures.caught_up_after(under_way, each.ended) for each in of_kind]
        for kind, of_kind in _by_kind(done).items()
    }
    return {kind: figures.recovery([w for w in of if w is not None]) for kind, of in waits.items()}


def service_figures(
    service: str, fleet: Fleet, watch: ProcessWatch, *, begun: float, ended: float, away: list[Span]
) -> ServiceFigures:
    """Return what the replicas of a service used, logged and exited with."""
    members = fleet.of(service)
    names = [member.name for member in members]
    lives = [samples for name in names for samples in watch.memory[name].values()]
    warm = [figures.after_warm_up(samples, WARM_UP_S) for samples in lives if samples]
    slope = figures.pooled_slope(warm)
    files = [[int(count) for t, count in watch.files[name] if t >= begun] for name in names]
    lines = {name: watch.lines[name] for name in names}
    total = sum(count for samples in lines.values() for _, count in samples)
    return ServiceFigures(
        exits=dict(Counter(code for member in members for code in member.worker.left)),
        memory_mb=max((value for samples in lives for _, value in samples), default=None),
        slope_mb_per_min=None if slope is None else slope * 60,
        files_start=max((counts[0] for counts in files if counts), default=None),
        files_end=max((counts[-1] for counts in files if counts), default=None),
        false_green_s=max(
            figures.false_green_s(watch.ready[name], away, FALSE_GREEN_AFTER_S) for name in names
        ),
        lines_per_min=total / max(1.0, (ended - begun) / 60),
        most_lines_per_min=most_in_a_minute(lines, begun),
    )


def _by_kind(done: Sequence[Inflicted]) -> dict[Kind, list[Inflicted]]:
    kinds = [kind for kind in Kind if any(each.kind is kind for each in done)]
    return {kind: [each for each in done if each.kind is kind] for kind in kinds}

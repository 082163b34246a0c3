"""Wiring: articles.raw → cleaned in limited child processes → settled with sources.v1 in order → articles.clean."""

from typing import Final

from services.cleaner.candidate import Candidate, candidate
from services.cleaner.settings import CleanerSettings
from services.cleaner.settle import settle
from shared import metrics
from shared.codec import decode
from shared.isolation import Children
from shared.kafka import Cluster
from shared.outcomes import Drop
from shared.record_limits import RecordLimits
from shared.schemas import RawArticle
from shared.settling import Call, PreparedInChildren
from shared.stage import Stage, StageSpec
from shared.store import State
from shared.topics import ARTICLES_CLEAN, ARTICLES_RAW, SOURCES
from shared.watchdog import Progress
from shared.work import Outcome, Output
from shared.worker import Service

NAME: Final = "cleaner"
SAME_PARTITIONS: Final = ((ARTICLES_RAW, SOURCES),)


def prepare(value: bytes | None) -> Candidate | Drop:
    """One record of articles.raw, cleaned by itself; runs in a child."""
    return candidate(decode(value, RawArticle))


async def finish(value: bytes | None, first: Candidate, state: State, call: Call) -> Outcome:
    """The record of articles.clean that becomes of it, with what its source's memory says; none where it says nothing new."""
    settled = await settle(value or b"", first, state, call)
    if isinstance(settled, Drop):
        return settled
    output = Output(ARTICLES_CLEAN.name, settled.article_id.encode(), settled.value)
    metrics.ARTICLES_CLEANED.labels(settled.kind).inc()
    metrics.HISTORIES_DROPPED.inc(settled.forgotten_early)
    metrics.LINES_REPEATED.labels("cut").inc(settled.cut)
    metrics.LINES_REPEATED.labels("marked").inc(settled.marked)
    return [output]


def build(cluster: Cluster, progress: Progress, settings: CleanerSettings) -> Service:
    """The cleaner's process: its children and its stage."""
    children = Children(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.cleaner.warm",
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_RAW,
        work=PreparedInChildren(prepare, finish, children, RecordLimits.of(settings)),
        station="t-cleaned",
        state=SOURCES,
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    return Service(name=NAME, runs=[children, stage], progress=progress, checks=stage.checks)

"""Wiring: articles.raw → cleaned in limited child processes → settled with sources.v1 in order → articles.clean."""

from typing import Final

from services.cleaner.apply_source_memory import apply_source_memory
from services.cleaner.candidate import Candidate, build_candidate
from services.cleaner.settings import CleanerSettings
from shared.base import metrics
from shared.base.outcomes import Drop
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW, SOURCES
from shared.limits.process_pool import ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from shared.service.worker import Service
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, Output

NAME: Final = "cleaner"
SAME_PARTITIONS: Final = ((ARTICLES_RAW, SOURCES),)


def prepare(value: bytes | None) -> Candidate | Drop:
    """One record of articles.raw, cleaned by itself; runs in a child."""
    return build_candidate(decode(value, RawArticle))


async def finish(
    value: bytes | None, first: Candidate, state: StateStore, call: Call
) -> HandlerResult:
    """The record of articles.clean that becomes of it, with what its source's memory says; none where it says nothing new."""
    settled = await apply_source_memory(value or b"", first, state, call)
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
    children = ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.cleaner.warmup",
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_RAW,
        work=TwoPhaseWork(prepare, finish, children, RecordLimits.from_settings(settings)),
        checkpoint="t-cleaned",
        state=SOURCES,
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    return Service(name=NAME, components=[children, stage], progress=progress, checks=stage.checks)

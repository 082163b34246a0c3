"""The wiring: articles.raw → child processes → source memory, in order → articles.clean."""

from typing import Final

from services.cleaner.apply_source_memory import apply_source_memory
from services.cleaner.candidate import Candidate, prepare
from services.cleaner.settings import CleanerSettings
from shared.base import metrics
from shared.base.outcomes import Drop
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW, SOURCES
from shared.limits.process_pool import ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.service.worker import Service
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult

NAME: Final = "cleaner"
SAME_PARTITIONS: Final = ((ARTICLES_RAW, SOURCES),)


async def finish(
    value: bytes | None, candidate: Candidate, state: StateStore, call: Call
) -> HandlerResult:
    """Apply source memory to a candidate and return its record for articles.clean.

    ``value`` is the record of articles.raw. Returns a Drop if the article says nothing new.
    """
    finished = await apply_source_memory(value or b"", candidate, state, call)
    if isinstance(finished, Drop):
        return finished
    output = Output(ARTICLES_CLEAN.name, finished.article_id.encode(), finished.value)
    metrics.ARTICLES_CLEANED.labels(finished.kind).inc()
    metrics.HISTORIES_DROPPED.inc(finished.histories_dropped)
    metrics.LINES_REPEATED.labels("cut").inc(finished.lines_removed)
    metrics.LINES_REPEATED.labels("marked").inc(finished.lines_marked)
    return [output]


def build(cluster: Cluster, progress: Progress, settings: CleanerSettings) -> Service:
    """Build the cleaner's process: its child processes and its stage."""
    pool = ProcessPool(
        workers=settings.workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.cleaner.warmup",
        on_killed=lambda reason: metrics.CHILDREN_KILLED.labels(NAME, reason).inc(),
    )
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_RAW,
        work=TwoPhaseWork(prepare, finish, pool, RecordLimits.from_settings(settings)),
        checkpoint="t-cleaned",
        state=SOURCES,
        max_records=settings.batch_max_records,
        prerequisite=pool.wait_until_started,
    )
    stage = Stage(spec, cluster, progress)
    return Service(name=NAME, components=[pool, stage], progress=progress, checks=stage.checks)

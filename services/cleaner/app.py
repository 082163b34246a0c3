"""Wiring: articles.raw → clean(), each page in a limited child process → articles.clean."""

from services.cleaner.pipeline import clean
from services.cleaner.settings import CleanerSettings
from shared import metrics
from shared.codec import decode
from shared.isolation import Children
from shared.kafka import Cluster
from shared.outcomes import Drop
from shared.schemas import RawArticle
from shared.stage import Stage, StageSpec
from shared.topics import ARTICLES_CLEAN, ARTICLES_RAW
from shared.watchdog import Progress
from shared.work import InChildren, Outcome, output
from shared.worker import Service

NAME = "cleaner"


def handle(value: bytes | None) -> Outcome:
    """One record of articles.raw to its record of articles.clean; runs in a child."""
    article = clean(decode(value, RawArticle))
    return article if isinstance(article, Drop) else [output(ARTICLES_CLEAN, article)]


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
        work=InChildren(handle, children),
        station="t-cleaned",
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    return Service(name=NAME, runs=[children, stage], progress=progress, ready=lambda: stage.ready)

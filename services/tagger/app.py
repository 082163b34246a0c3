"""Wiring: articles.clean → tag() → articles.tagged.

The data of seeds/actors and seeds/keywords are reloaded when they change.
"""

from functools import partial

from services.tagger.data.gazetteer import Gazetteer, load_indexed_gazetteer
from services.tagger.offices import terms
from services.tagger.pipeline import tag
from services.tagger.settings import TaggerSettings
from shared.base import metrics
from shared.base.log import get
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle
from shared.service.worker import Service
from shared.stream.output import output
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork

log = get(__name__)

NAME = "tagger"


def handle(value: bytes | None, gazetteer: Gazetteer) -> HandlerResult:
    """Turn one record of articles.clean into its record of articles.tagged."""
    return [output(ARTICLES_TAGGED, tag(decode(value, CleanArticle), gazetteer))]


def build(cluster: Cluster, progress: Progress, settings: TaggerSettings) -> Service:
    """Wire the tagger's process. Raises DocumentError with every mistake in the data."""
    gazetteer = build_gazetteer_loader(settings)
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_CLEAN,
        # In process and record by record, so that new data take effect between two records.
        work=InProcessWork(
            lambda value: handle(value, gazetteer.value), RecordLimits.from_settings(settings)
        ),
        checkpoint="t-tagged",
        max_records=settings.batch_max_records,
    )
    stage, reload_loop = Stage(spec, cluster, progress), ReloadLoop(gazetteer, _on_reload)
    _publish_revision(gazetteer.value)
    return Service(
        name=NAME,
        components=[reload_loop, stage],
        progress=progress,
        checks=stage.checks,
        reload=reload_loop.request_reload,
    )


def build_gazetteer_loader(settings: TaggerSettings) -> LastGood[Gazetteer]:
    """Load the gazetteer of the settings' folders and keep the last valid one.

    Raises DocumentError with every mistake in the files.
    """
    folders = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    return LastGood(
        WatchedFolders(*folders),
        partial(load_indexed_gazetteer, *folders),
        reloads,
        describe=lambda gazetteer: gazetteer.revision,
    )


def _on_reload(gazetteer: Gazetteer) -> None:
    terms.clear_caches()
    _publish_revision(gazetteer)
    log.info(
        "actors and keywords reloaded",
        revision=gazetteer.revision,
        people=len(gazetteer.actors),
        offices=len(gazetteer.offices),
    )


def _publish_revision(gazetteer: Gazetteer) -> None:
    metrics.ACTORS_REVISION.clear()
    metrics.ACTORS_REVISION.labels(gazetteer.revision).set(1)

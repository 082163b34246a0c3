"""Wiring: articles.clean → tag() with the data of seeds/actors and seeds/keywords → articles.tagged. The data are read again when they change."""

from functools import partial

from services.tagger import office_terms
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.settings import TaggerSettings
from shared.base import metrics
from shared.base.log import get
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reloads import Reloads
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import decode
from shared.messages.schemas import CleanArticle
from shared.service.worker import Service
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork, output

log = get(__name__)

NAME = "tagger"


def handle(value: bytes | None, gazetteer: Gazetteer) -> HandlerResult:
    """One record of articles.clean to its record of articles.tagged."""
    return [output(ARTICLES_TAGGED, tag(decode(value, CleanArticle), gazetteer))]


def build(cluster: Cluster, progress: Progress, settings: TaggerSettings) -> Service:
    """The tagger's process. DocumentError lists every mistake in the data."""
    good = data(settings)
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_CLEAN,
        work=InProcessWork(
            lambda value: handle(value, good.value), RecordLimits.from_settings(settings)
        ),  # so data change between two records
        checkpoint="t-tagged",
        max_records=settings.batch_max_records,
    )
    stage, following = Stage(spec, cluster, progress), ReloadLoop(good, _switch)
    _tell(good.value)
    return Service(
        name=NAME,
        components=[following, stage],
        progress=progress,
        checks=stage.checks,
        reload=following.request_reload,
    )


def data(settings: TaggerSettings) -> LastGood[Gazetteer]:
    """What the tagger knows, as its files say it. DocumentError lists every mistake in them."""
    folders = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    return LastGood(
        WatchedFolders(*folders),
        partial(load_gazetteer, *folders),
        reloads,
        describe=lambda gazetteer: gazetteer.revision,
    )


def _switch(gazetteer: Gazetteer) -> None:
    office_terms.clear_caches()
    _tell(gazetteer)
    log.info(
        "actors in force",
        revision=gazetteer.revision,
        people=len(gazetteer.actors),
        offices=len(gazetteer.offices),
    )


def _tell(gazetteer: Gazetteer) -> None:
    metrics.ACTORS_REVISION.clear()
    metrics.ACTORS_REVISION.labels(gazetteer.revision).set(1)

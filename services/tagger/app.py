"""Wiring: articles.clean → tag() with the data of seeds/actors and seeds/keywords → articles.tagged. The data are read again when they change."""

from functools import partial

from services.tagger import holders
from services.tagger.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.settings import TaggerSettings
from shared import metrics
from shared.codec import decode
from shared.kafka import Cluster
from shared.last_good import Following, LastGood
from shared.log import get
from shared.record_limits import RecordLimits
from shared.reloads import Reloads
from shared.schemas import CleanArticle
from shared.stage import Stage, StageSpec
from shared.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.watchdog import Progress
from shared.watched import Watched
from shared.work import InProcess, Outcome, output
from shared.worker import Service

log = get(__name__)

NAME = "tagger"


def handle(value: bytes | None, gazetteer: Gazetteer) -> Outcome:
    """One record of articles.clean to its record of articles.tagged."""
    return [output(ARTICLES_TAGGED, tag(decode(value, CleanArticle), gazetteer))]


def build(cluster: Cluster, progress: Progress, settings: TaggerSettings) -> Service:
    """The tagger's process. DocumentError lists every mistake in the data."""
    good = data(settings)
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_CLEAN,
        work=InProcess(lambda value: handle(value, good.value), RecordLimits.of(settings)),  # so data change between two records
        station="t-tagged",
        max_records=settings.batch_max_records,
    )
    stage, following = Stage(spec, cluster, progress), Following(good, _switch)
    _tell(good.value)
    return Service(name=NAME, runs=[following, stage], progress=progress, checks=stage.checks, reload=following.reload)


def data(settings: TaggerSettings) -> LastGood[Gazetteer]:
    """What the tagger knows, as its files say it. DocumentError lists every mistake in them."""
    folders = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    return LastGood(Watched(*folders), partial(load_gazetteer, *folders), reloads, told=lambda gazetteer: gazetteer.revision)


def _switch(gazetteer: Gazetteer) -> None:
    holders.forget()
    _tell(gazetteer)
    log.info("actors in force", revision=gazetteer.revision, people=len(gazetteer.actors), offices=len(gazetteer.offices))


def _tell(gazetteer: Gazetteer) -> None:
    metrics.ACTORS_REVISION.clear()
    metrics.ACTORS_REVISION.labels(gazetteer.revision).set(1)

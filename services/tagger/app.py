"""Wiring: articles.clean → tag() with the data of seeds/actors and seeds/keywords → articles.tagged."""

from services.tagger.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.settings import TaggerSettings
from shared.codec import decode
from shared.kafka import Cluster
from shared.schemas import CleanArticle
from shared.stage import Stage, StageSpec
from shared.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.watchdog import Progress
from shared.work import InProcess, Outcome, output
from shared.worker import Service

NAME = "tagger"


def handle(value: bytes | None, gazetteer: Gazetteer) -> Outcome:
    """One record of articles.clean to its record of articles.tagged."""
    return [output(ARTICLES_TAGGED, tag(decode(value, CleanArticle), gazetteer))]


def build(cluster: Cluster, progress: Progress, settings: TaggerSettings) -> Service:
    """The tagger's process. DocumentError lists every mistake in the data."""
    gazetteer = load_gazetteer(settings.actors_dir, settings.keywords_dir)
    spec = StageSpec(
        name=NAME,
        source=ARTICLES_CLEAN,
        work=InProcess(lambda value: handle(value, gazetteer)),
        station="t-tagged",
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    return Service(name=NAME, runs=[stage], progress=progress, ready=lambda: stage.ready)

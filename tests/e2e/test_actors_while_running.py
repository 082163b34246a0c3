"""A running tagger takes new data: articles name the revision, a bad file changes nothing."""

import shutil
import signal
from pathlib import Path

from services.console.local.supervisor import ProgramSpec
from services.tagger.data.gazetteer import load_gazetteer
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.messages.codec import decode, encode
from shared.messages.schemas import TaggedArticle
from tests.e2e.system import System, running, wire_article
from tests.kafka_tools import consume, produce
from tests.stage_tools import eventually, wait_for_values

SEEDS = Path(__file__).parents[2] / "seeds"
DEADLINE_S = 60.0
ARTICLE = wire_article("a", "Mr. Pompeo and Quintus Novelty", "Mike Pompeo met Quintus Novelty.")
NEW = "actors:\n- {id: new-one, name: Quintus Novelty, country: FRA, gender: m, source: test}\n"


class Data:
    """Folders of one test, which start as copies of the seeds."""

    def __init__(self, folder: Path) -> None:
        self.actors, self.keywords = folder / "actors", folder / "keywords"
        shutil.copytree(SEEDS / "actors", self.actors)
        shutil.copytree(SEEDS / "keywords", self.keywords)

    def write(self, text: str) -> None:
        """Add a file of actors atomically, as `mv` and most editors do."""
        (self.actors / "new").write_text(text, "utf-8")
        (self.actors / "new").replace(self.actors / "new.yaml")

    @property
    def revision(self) -> str:
        return load_gazetteer(self.actors, self.keywords).revision

    def program(self) -> ProgramSpec:
        return ProgramSpec(
            "tagger",
            ["run", "tagger"],
            {
                "ACTORS_DIR": str(self.actors),
                "KEYWORDS_DIR": str(self.keywords),
                "LOG_LEVEL": "info",
            },
        )


async def tagged_again(cluster: Cluster, times: int) -> bytes:
    """Send the article for the n-th time, and return what the tagger writes."""
    await produce(cluster, ARTICLES_CLEAN.name, [(b"a", encode(ARTICLE))])
    await wait_for_values(cluster, times, ARTICLES_TAGGED.name, deadline_s=DEADLINE_S)
    values = [record.value for record in await consume(cluster, ARTICLES_TAGGED.name)]
    assert len(values) == times
    return bytes(values[-1] or b"")


async def stands_on(system: System, metric: str, value: float) -> None:
    async def does() -> bool:
        return await system.metric("tagger", metric) == value

    await eventually(does, f"{metric} is {value}", deadline_s=DEADLINE_S)


async def test_the_tagger_takes_new_data_while_it_runs(cluster: Cluster, tmp_path: Path) -> None:
    """A new actor, a bad file, SIGHUP, the file removed: the same revision gives the same bytes."""
    data = Data(tmp_path)
    first = data.revision
    await topic_admin.create(cluster, partitions=1)
    async with running(cluster, [data.program()]) as system:
        await system.ready()
        before = await tagged_again(cluster, 1)
        assert _revision_and_actors(before) == (first, {"mike-pompeo"})

        data.write(NEW)
        second = data.revision
        await stands_on(system, f'summitwire_actors_info{{revision="{second}"}}', 1)
        after = await tagged_again(cluster, 2)
        assert _revision_and_actors(after) == (second, {"mike-pompeo", "new-one"})
        assert (
            await system.metric("tagger", f'summitwire_actors_info{{revision="{first}"}}') == -1
        ), "one revision is in force"

        data.write(NEW.replace("FRA", "XXX") + "offices: 5\n")
        await stands_on(system, "summitwire_actors_last_reload_successful", 0)
        # The lines come through a pipe: they may arrive after the metric has changed.
        for part in ("new.yaml:2:", "new.yaml:3:", second):
            await system.wait_for_line("actors not reloaded", part)
        system.supervisor.processes["tagger"].send_signal(signal.SIGHUP)
        assert await tagged_again(cluster, 3) == after

        (data.actors / "new.yaml").unlink()
        await stands_on(system, f'summitwire_actors_info{{revision="{first}"}}', 1)
        assert await system.metric("tagger", "summitwire_actors_last_reload_successful") == 1
        assert await tagged_again(cluster, 4) == before
        assert len([line for line in system.lines if "service starts" in line]) == 1, (
            "SIGHUP has not ended it"
        )


def _revision_and_actors(value: bytes) -> tuple[str, set[str]]:
    article = decode(value, TaggedArticle)
    return article.tagger_revision, {actor.actor for actor in article.actors}

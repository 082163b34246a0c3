"""One chaos run: Kafka, every service, its own feeds and fake Slack, and faults from a seed."""

import asyncio
import itertools
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.console.fake_slack.server import FakeSlack
from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import encode
from tests.e2e.wire import Wire
from tests.faults.chaos import fleet as fleets
from tests.faults.chaos import material, summary
from tests.faults.chaos.fleet import Fleet
from tests.faults.chaos.inflict import Inflictor, all_at_once
from tests.faults.chaos.misbehaviour import misbehaviour
from tests.faults.chaos.report import Report
from tests.faults.chaos.schedule import schedule
from tests.faults.chaos.watch import AlertTail, ProcessWatch
from tests.faults.feeding import ExactFeeder
from tests.kafka_tools import FaultyBroker, cluster_at

WIRES: Final = 3
STORY_EVERY_S: Final = 2.0
STORIES_KEPT: Final = 250
"""What a feed shows: a fetcher that was away for long still finds them all."""
PACE: Final = 50.0
"""Messages a second that the Slack stand-in takes of each webhook; killed senders forget theirs."""
SLICE_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to run. ``times``: kill all at once that often, instead of ``minutes`` of faults."""

    minutes: float = 10.0
    seed: int = 1
    replicas: int = 2
    rate: float = 5.0
    times: int = 0
    settle_s: float = 300.0
    folder: Path | None = None
    misbehaves: bool = True
    services: tuple[str, ...] = NAMES


@dataclass(slots=True)
class Scene:
    """Everything that runs while faults are inflicted."""

    options: Options
    cluster: Cluster
    fleet: Fleet
    inflictor: Inflictor
    feeder: ExactFeeder
    wires: list[Wire]
    sink: FakeSlack
    tail: AlertTail
    watch: ProcessWatch
    stories: dict[int, float] = field(default_factory=dict)
    begun: float = 0.0

    @property
    def wanted(self) -> set[int]:
        """The numbers of all articles and stories that went in."""
        return {*self.feeder.sent, *self.stories}

    @property
    def line(self) -> str:
        """The state of the run in one line."""
        seconds = asyncio.get_running_loop().time() - self.begun if self.begun else 0.0
        behind = len(self.wanted - set(self.tail.first))
        done = self.inflictor.done
        last = f", last {done[-1].kind}" if done else ""
        counts = f"{len(self.wanted)} in, {behind} under way, {len(self.sink.posts)} posts"
        return f"{seconds:5.0f} s: {counts}, {len(done)} faults{last}"


async def run(
    options: Options,
    say: Callable[[str], None] = lambda _line: None,
    show: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Run, and return the report. ``say`` announces faults, ``show`` the state twice a second."""
    async with AsyncExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-"))
        scene = await stack.enter_async_context(_scene(options, options.folder or Path(made), say))
        stack.push_async_callback(_end, _beside(scene, show))
        settled = await _supervised(scene)
        ended = asyncio.get_running_loop().time()
        await scene.fleet.stop()
        scene.watch.look()
        return await _report(scene, settled=settled, ended=ended)


@asynccontextmanager
async def _scene(
    options: Options, folder: Path, say: Callable[[str], None]
) -> AsyncIterator[Scene]:
    """Yield the scene: broker, topics, feeds and Slack run, the fleet is not started yet."""
    async with AsyncExitStack() as stack:
        broker = FaultyBroker(folder / "kafka")
        stack.push_async_callback(asyncio.to_thread, broker.stop)
        await asyncio.to_thread(broker.start)
        cluster = cluster_at(broker.bootstrap)
        await topic_admin.create(cluster)
        faults = misbehaviour(options.seed, material.DESKS) if options.misbehaves else []
        sink = await stack.enter_async_context(FakeSlack(faults=faults, per_second=PACE))
        wires = [await stack.enter_async_context(wire) for wire in _wires(options)]
        fleet = fleets.fleet(
            cluster,
            folder,
            options.replicas,
            sink=sink,
            wires=wires,
            services=options.services,
        )
        stack.callback(fleet.kill_left)
        feeder = ExactFeeder(cluster, ARTICLES_RAW.name, material.number_of_record)
        stack.push_async_callback(feeder.stop)
        inflictor = Inflictor(fleet, broker, say)
        tail, watch = AlertTail(cluster), ProcessWatch(fleet)
        yield Scene(options, cluster, fleet, inflictor, feeder, wires, sink, tail, watch)


def _wires(options: Options) -> list[Wire]:
    number = WIRES if "fetcher" in options.services else 0
    return [Wire(stories=deque(maxlen=STORIES_KEPT)) for _ in range(number)]


def _beside(scene: Scene, show: Callable[[str], None]) -> list["asyncio.Task[None]"]:
    """Start the tasks that watch the run."""
    works = (scene.tail.run(), scene.watch.probes(), scene.watch.processes(), _shown(scene, show))
    return [asyncio.create_task(work) for work in works]


async def _end(tasks: "list[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _shown(scene: Scene, show: Callable[[str], None]) -> None:
    while True:
        show(scene.line)
        await asyncio.sleep(0.5)


async def _supervised(scene: Scene) -> bool:
    """Start the fleet, inflict the faults, wait until it has settled; return whether it has."""
    settled = False

    async def ordeal() -> None:
        nonlocal settled
        await scene.fleet.ready(scene.fleet.members)
        scene.begun = asyncio.get_running_loop().time()
        await _under_load(scene)
        settled = await _settle(scene)

    await fleets.supervised(scene.fleet, ordeal)
    return settled


async def _under_load(scene: Scene) -> None:
    feeding = asyncio.create_task(_feed(scene))
    publishing = asyncio.create_task(_publish(scene))
    try:
        await _inflict(scene)
    finally:
        for task in (feeding, publishing):
            task.cancel()
        ended = await asyncio.gather(feeding, publishing, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _inflict(scene: Scene) -> None:
    options, tail, clock = scene.options, scene.tail, asyncio.get_running_loop().time
    if options.times:
        await all_at_once(
            scene.inflictor,
            options.times,
            options.seed,
            lambda since: max(tail.made, default=since) > since,
        )
        return
    until = clock() + options.minutes * 60
    await scene.inflictor.run(schedule(options.seed, options.minutes * 60), until)
    await asyncio.sleep(max(0.0, until - clock()))


async def _feed(scene: Scene) -> None:
    """Write articles at the given rate; what an outage delays follows after it."""
    clock, next_number = asyncio.get_running_loop().time, 0
    begun = clock()
    while True:
        due = int((clock() - begun) * scene.options.rate)
        articles = [material.article(number) for number in range(next_number, due)]
        pairs = {n: (a.source.encode(), encode(a)) for n, a in enumerate(articles, next_number)}
        await asyncio.shield(scene.feeder.write(pairs))  # so that what went in is known
        next_number = max(next_number, due)
        await asyncio.sleep(SLICE_S)


async def _publish(scene: Scene) -> None:
    """Put stories on the feeds, in turn."""
    clock = asyncio.get_running_loop().time
    for number in itertools.count(material.FIRST_STORY) if scene.wires else ():
        wire = scene.wires[number % len(scene.wires)]
        wire.publish(number, material.headline(number), *material.paragraphs(number))
        scene.stories[number] = clock()
        await asyncio.sleep(STORY_EVERY_S)


async def _settle(scene: Scene) -> bool:
    """Wait until everything that went in has come out; return False at the deadline."""
    with suppress(TimeoutError):
        async with asyncio.timeout(scene.options.settle_s):
            while not _all_out(scene):
                await asyncio.sleep(SLICE_S)
            return True
    return False


def _all_out(scene: Scene) -> bool:
    posted = {material.number_of(post.text) for post in scene.sink.posts}
    return not (scene.wanted - set(scene.tail.first) or scene.wanted - posted)


async def _report(scene: Scene, *, settled: bool, ended: float) -> Report:
    done, tail = scene.inflictor.done, scene.tail
    began = scene.feeder.sent | scene.stories
    under_way = {n: (began[n], tail.first.get(n, ended)) for n in scene.wanted}
    away = scene.inflictor.away
    return Report(
        seed=scene.options.seed,
        seconds=ended - scene.begun,
        account=await summary.counted(
            scene.cluster, scene.wanted, [post.text for post in scene.sink.posts]
        ),
        recovery=summary.recoveries(done, sorted(tail.made)),
        caught_up=summary.backlogs(done, under_way),
        services={
            name: summary.service_figures(
                name, scene.fleet, scene.watch, begun=scene.begun, ended=ended, away=away
            )
            for name in scene.options.services
        },
        troubles=scene.fleet.troubles,
        settled=settled,
    )

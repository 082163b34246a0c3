"""Inflict faults on processes and broker, and record what happened when."""

import asyncio
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.faults.chaos.figures import Span
from tests.faults.chaos.fleet import Fleet, Member
from tests.faults.chaos.schedule import BROKER_KINDS, Fault, Kind
from tests.kafka_tools import FaultyBroker


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflicted:
    """A fault that was inflicted, with times of the event loop's clock."""

    kind: Kind
    target: str
    begun: float
    ended: float


UP_WITHIN_S: Final = 90.0


class Inflictor:
    """Inflicts faults. ``done`` lists them in the order of their ends; ``say`` announces each."""

    def __init__(
        self,
        fleet: Fleet,
        broker: FaultyBroker,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._fleet, self._broker, self._say = fleet, broker, say
        self._freezes: set[asyncio.Task[None]] = set()
        self.done: list[Inflicted] = []

    @property
    def away(self) -> list[Span]:
        """The periods without a broker."""
        return [(each.begun, each.ended) for each in self.done if each.kind in BROKER_KINDS]

    async def run(self, faults: Sequence[Fault], until: float) -> None:
        """Inflict each fault when its time has come and the one before is over.

        Faults that would not be over at ``until`` (clock of the event loop) are left out.
        """
        clock = asyncio.get_running_loop().time
        begun = clock()
        for fault in faults:
            await asyncio.sleep(max(0.0, begun + fault.at_s - clock()))
            if clock() + fault.lasts_s <= until:
                await self.inflict(fault)
        await asyncio.gather(*self._freezes)

    async def inflict(self, fault: Fault) -> None:
        """Inflict one fault; return when it is over, or at once after freezing a process."""
        match fault.kind:
            case Kind.FREEZE:
                freeze = asyncio.create_task(self._freeze(fault))
                self._freezes.add(freeze)
                freeze.add_done_callback(self._freezes.discard)
            case kind if kind in BROKER_KINDS:
                await self._without_broker(fault)
            case _:
                await self._to_processes(fault)

    async def _to_processes(self, fault: Fault) -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        match fault.kind:
            case Kind.ALL_KILLED:
                self._fleet.kill_all()
                target = "all"
            case Kind.ROLLING:
                target = await self._roll(fault)
            case _:
                target = await self._end(fault)
        if target:
            self._note(fault.kind, target, begun)

    async def _end(self, fault: Fault) -> str:
        """Send SIGKILL or SIGTERM to one process; SIGTERM only to one that is up."""
        member = self._pick(fault)
        if member is None:
            return ""
        if fault.kind is Kind.KILL:
            member.worker.kill()
        else:
            await self._terminate(member)
        return member.name

    async def _roll(self, fault: Fault) -> str:
        """Restart the replicas of a service with SIGTERM, each when the last is back."""
        services = sorted({member.service for member in self._fleet.members})
        service = services[fault.pick % len(services)]
        members = [member for member in self._fleet.of(service) if not member.frozen]
        for number, member in enumerate(members):
            if await self._is_up(members[number - 1]):
                await self._terminate(member)
        return service

    async def _terminate(self, member: Member) -> None:
        if await self._is_up(member):
            await self._fleet.terminate(member)

    async def _is_up(self, member: Member) -> bool:
        """Wait until it is ready; if it does not become ready, note that as a trouble."""
        try:
            await self._fleet.ready([member], UP_WITHIN_S)
        except TimeoutError:
            self._fleet.troubles.append(f"{member.name}: not ready within {UP_WITHIN_S:g} s")
            return False
        return True

    async def _freeze(self, fault: Fault) -> None:
        member = self._pick(fault)
        if member is None:
            return
        begun, member.frozen = asyncio.get_running_loop().time(), True
        try:
            member.worker.send(signal.SIGSTOP)
            await asyncio.sleep(fault.lasts_s)
        finally:
            member.worker.send(signal.SIGCONT)
            member.frozen = False
        self._note(fault.kind, member.name, begun)

    async def _without_broker(self, fault: Fault) -> None:
        begun, freezes = asyncio.get_running_loop().time(), fault.kind is Kind.BROKER_FREEZE
        try:
            (self._broker.freeze if freezes else self._broker.kill)()
            await asyncio.sleep(fault.lasts_s)
        finally:
            if freezes:
                self._broker.thaw()
        if not freezes:
            await asyncio.to_thread(self._broker.start)
        self._note(fault.kind, "broker", begun)

    def _pick(self, fault: Fault) -> Member | None:
        """Return a process that runs and is not frozen."""
        able = [each for each in self._fleet.members if each.worker.runs and not each.frozen]
        return able[fault.pick % len(able)] if able else None

    def _note(self, kind: Kind, target: str, begun: float) -> None:
        ended = asyncio.get_running_loop().time()
        self.done.append(Inflicted(kind=kind, target=target, begun=begun, ended=ended))
        self._say(f"{kind}: {target}, {ended - begun:.1f} s")


async def all_at_once(
    inflictor: Inflictor, times: int, seed: int, progress: Callable[[float], bool]
) -> None:
    """Kill every process at once, repeatedly, each time a little after output has resumed.

    ``progress`` says whether there has been output since a moment of the event loop's clock.
    """
    rng, clock = random.Random(seed), asyncio.get_running_loop().time
    for _ in range(times):
        await inflictor.inflict(Fault(kind=Kind.ALL_KILLED, at_s=0, lasts_s=0, pick=0))
        killed = clock()
        while not progress(killed):
            await asyncio.sleep(0.1)
        await asyncio.sleep(rng.uniform(0.2, 4.0))

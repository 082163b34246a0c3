"""The rules in force in this process: rules.v1 says which they are, and whoever sees the rule files change puts the change there.

docs/decisions/2026-11-27-rules-reload.md says why, and what holds when replicas, files and crashes disagree.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from typing import Final

from aiokafka.errors import KafkaError

from services.alerting.rule_log import loaded
from services.alerting.rules import RuleSet
from services.alerting.rules_folder import RulesFolder
from services.alerting.rules_topic import RulesTopic
from shared import metrics
from shared.documents import DocumentError, Problem
from shared.log import get
from shared.topics import RULES

log = get(__name__)

FILES: Final = "rule files"
AT_START_S: Final = 0.3
TRY_AGAIN_S: Final = 2.0
FOLLOWERS_WAIT_S: Final = 2.0
"""The replica that leads publishes at once. The others, who mostly see the same files, wait so long and up to twice that, and find it done."""


class RulesInForce:
    """``current`` is replaced whole, between two articles. ``read_files`` and ``prepare`` come first, then ``start``, ``run`` and ``stop``.

    ``leads`` says whether this replica is the one to publish what all see: a hint that saves the others the attempt, nothing depends on it.
    """

    def __init__(self, topic: RulesTopic, folder: RulesFolder, *, by: str, on_switch: Callable[[RuleSet], None] = lambda _rules: None) -> None:
        self.leads: Callable[[], bool] = lambda: True
        self.current = RuleSet(())
        self.mistakes: dict[str, list[Problem]] = {}
        self._topic, self._folder, self._by, self._on_switch = topic, folder, by, on_switch
        self._in_files = RuleSet(())
        self._wanted: RuleSet | None = None
        self._try_at = 0.0
        self._asked, self._stopping = False, False
        self._reading: asyncio.Task[RuleSet] | None = None

    def read_files(self) -> None:
        """Read the files for the first time; what is wrong with them is kept in ``mistakes``."""
        try:
            self._files_hold(self._folder.read())
            self._publish_after(0.0, AT_START_S)
        except DocumentError as error:
            self.mistakes[FILES] = error.problems

    async def prepare(self) -> None:
        """Have rules in force: those of the files, which go onto the topic where it says otherwise; where the files are bad, the topic's.

        DocumentError, with every mistake, where neither has any.
        """
        await self._topic.open()
        try:
            while self._wanted is not None:
                await asyncio.sleep(max(0.0, self._try_at - time.monotonic()))
                await self._topic.read_to_end()
                await self._publish()
            await self._topic.read_to_end()
            if self._topic.news():
                await self._take()
        finally:
            await self._topic.close()
        if not self._topic.log.change and self.mistakes:
            raise DocumentError([problem for problems in self.mistakes.values() for problem in problems])
        for where in self.mistakes:
            self._warn(where)

    async def start(self) -> None:
        """Begin to follow the topic."""
        await self._topic.open()

    async def run(self) -> None:
        """Follow the topic and the files until stopped."""
        try:
            while not self._stopping:
                await self._topic.poll()
                if self._topic.news():
                    await self._take()
                await self._look_at_files()
                if self._wanted is not None and time.monotonic() >= self._try_at:
                    await self._publish()
        finally:
            await self._topic.close()

    async def stop(self) -> None:
        """Follow no more."""
        self._stopping = True

    def reload(self) -> None:
        """Read the files soon, changed or not."""
        self._asked = True

    async def _look_at_files(self) -> None:
        """Read them, in a thread, when they have changed; take in what was read."""
        if self._reading is None:
            changed = await asyncio.to_thread(self._folder.changed, time.monotonic())
            if changed or self._asked:
                self._asked = False
                self._reading = asyncio.create_task(asyncio.to_thread(self._folder.read))
        elif self._reading.done():
            reading, self._reading = self._reading, None
            try:
                self._files_hold(await reading)
                self._publish_after(*((0.0, 0.0) if self.leads() else (FOLLOWERS_WAIT_S, FOLLOWERS_WAIT_S)))
            except DocumentError as error:
                self._refuse(FILES, error.problems)

    def _files_hold(self, rules: RuleSet) -> None:
        self._in_files = self._wanted = rules
        self._accept(FILES)

    def _publish_after(self, seconds: float, spread_s: float) -> None:
        self._try_at = time.monotonic() + seconds + spread_s * random.random()  # noqa: S311 - so that two who fence each other part

    async def _publish(self) -> None:
        """Put the wanted set onto the topic; where that fails, somebody else is just doing it or the broker is away: again a little later."""
        assert self._wanted is not None  # noqa: S101 - asked by both callers
        try:
            made = await self._topic.publish([each.rule for each in self._wanted.rules], self._by)
        except KafkaError as error:
            self._publish_after(0.0, TRY_AGAIN_S)
            log.warning("rules not published yet", because=str(error) or type(error).__name__)
            return
        self._wanted = None
        if made is not None:
            log.info(
                "rules published", change=made.number, added=len(made.added), changed=len(made.changed), removed=len(made.removed), by=made.changed_by
            )

    async def _take(self) -> None:
        """Switch to the topic's set; where it is none that we can read, the last one stays in force."""
        change, mistake = self._topic.log.change, self._topic.log.mistake()
        if mistake:
            self._refuse(RULES.name, [Problem(RULES.name, 1, 1, mistake)])
            return
        if change is None:
            return
        try:
            rules = await asyncio.to_thread(loaded, list(self._topic.log.rules.values()), [*self.current.rules, *self._in_files.rules])
        except DocumentError as error:
            self._refuse(RULES.name, error.problems)
            return
        self.current = rules
        self._on_switch(rules)
        metrics.RULES_LOADED.set(len(rules.rules))
        metrics.RULES_CHANGE.set(change.number)
        self._accept(RULES.name)
        log.info("rules in force", change=change.number, rules=len(rules.rules), revision=change.revision, by=change.changed_by)

    def _accept(self, where: str) -> None:
        self.mistakes.pop(where, None)
        if not self.mistakes:
            metrics.RULES_RELOADED_AT.set_to_current_time()
        metrics.RULES_RELOADED.set(not self.mistakes)

    def _refuse(self, where: str, problems: Iterable[Problem]) -> None:
        self.mistakes[where] = list(problems)
        self._warn(where)

    def _warn(self, where: str) -> None:
        metrics.RULES_RELOADED.set(0)
        change = self._topic.log.change
        stays = f"change {change.number}" if change else "none"
        for problem in self.mistakes[where]:
            log.error("rules not reloaded", where=where, in_force=stays, because=str(problem))

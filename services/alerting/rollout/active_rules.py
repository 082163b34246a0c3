"""The rules in force in this process: rules.v1 says which they are, and whoever sees the rule files change puts the change there.

docs/decisions/2026-11-27-rules-reload.md says why, and what holds when replicas, files and crashes disagree.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiokafka.errors import KafkaError

from services.alerting.rollout.changelog import build_rule_set, rule_set_revision
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.topic import RulesTopic
from services.alerting.rules.rule_set import RuleSet
from shared.base import metrics
from shared.base.log import get
from shared.files.reloads import Reloads
from shared.files.yaml_document import DocumentError, Problem
from shared.kafka.topics import RULES
from shared.messages.schemas import RuleSetChange

log = get(__name__)

FILES: Final = "rule files"
AT_START_S: Final = 0.3
TRY_AGAIN_S: Final = 2.0
FOLLOWERS_WAIT_S: Final = 2.0
"""The replica that leads publishes at once. The others, who mostly see the same files, wait so long and up to twice that, and find it done."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A set to publish, not before a moment (monotonic), unless it was in force already after the change ``after``."""

    rules: RuleSet
    revision: str
    after: int
    not_before: float


class ActiveRules:
    """``current`` is replaced whole, between two articles. ``read_files`` and ``prepare`` come first, then ``start``, ``run`` and ``stop``.

    ``leads`` says whether this replica is the one to publish what all see: a hint that saves the others the attempt, nothing depends on it.
    """

    def __init__(
        self,
        topic: RulesTopic,
        folder: RulesFolder,
        *,
        by: str,
        on_switch: Callable[[RuleSet], None] = lambda _rules: None,
    ) -> None:
        self.current = RuleSet(())
        self.change: RuleSetChange | None = None
        self.reloads = Reloads("rules", metrics.RULES_RELOADED, metrics.RULES_RELOADED_AT)
        self.is_leader: Callable[[], bool] = lambda: True
        self._topic, self._folder, self._by, self._on_switch = topic, folder, by, on_switch
        self._in_files = RuleSet(())
        self._wanted: _Wanted | None = None
        self._asked, self._stopping = False, False
        self._reading: asyncio.Task[RuleSet] | None = None

    def load_files(self) -> None:
        """Read the files for the first time; what is wrong with them is kept in ``reloads``."""
        try:
            self._files_hold(self._folder.read(), wait_s=AT_START_S * random.random())  # noqa: S311 - so that two who fence each other part
        except DocumentError as error:
            self.reloads.record_failure(FILES, error.problems)

    async def prepare(self) -> None:
        """Have rules in force: those of the files, which go onto the topic where it says otherwise; where the files are bad, the topic's.

        DocumentError, with every mistake, where neither has any.
        """
        await self._topic.open()
        try:
            await self._topic.poll_to_end()
            if self._wanted is not None:  # what was in force before this start may be wanted again
                self._wanted = replace(self._wanted, after=self._topic.log.number)
            while self._wanted is not None:
                await asyncio.sleep(max(0.0, self._wanted.not_before - time.monotonic()))
                await self._topic.poll_to_end()
                await self._publish(self._wanted)
            await self._topic.poll_to_end()
            await self._take_news()
        finally:
            await self._topic.close()
        if self.change is None and self.reloads.mistakes:
            raise DocumentError(self.reloads.problems)
        self.reloads.log_problems(self._number)

    def obstacle(self) -> str:
        """Return why nothing can be matched: no rules are in force. "" where there are some."""
        return "" if self.current.rules else "no rules are in force"

    async def start(self) -> None:
        """Begin to follow the topic."""
        await self._topic.open()

    async def run(self) -> None:
        """Follow the topic and the files until stopped."""
        try:
            while not self._stopping:
                await self._topic.poll()
                await self._take_news()
                await self._look_at_files()
                if self._wanted is not None and time.monotonic() >= self._wanted.not_before:
                    await self._publish(self._wanted)
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
                self._files_hold(
                    await reading,
                    wait_s=0.0 if self.is_leader() else FOLLOWERS_WAIT_S * (1 + random.random()),  # noqa: S311 - a delay
                )
            except DocumentError as error:
                self._refuse(FILES, error.problems)

    def _files_hold(self, rules: RuleSet, *, wait_s: float) -> None:
        self._in_files = rules
        self._wanted = _Wanted(
            rules,
            rule_set_revision(each.rule for each in rules.rules),
            self._topic.log.number,
            time.monotonic() + wait_s,
        )
        self.reloads.record_success(FILES)

    async def _publish(self, wanted: "_Wanted") -> None:
        """Put a set onto the topic; where that fails, somebody else is just doing it or the broker is away: again a little later."""
        if (
            self._topic.log.numbers.get(wanted.revision, 0) > wanted.after
        ):  # another replica saw the same files; it may be past them already
            self._wanted = None
            return
        try:
            made = await self._topic.publish([each.rule for each in wanted.rules.rules], self._by)
        except KafkaError as error:
            self._wanted = replace(
                wanted,
                not_before=time.monotonic() + TRY_AGAIN_S * random.random(),  # noqa: S311 - a delay
            )
            log.warning("rules not published yet", because=str(error) or type(error).__name__)
            return
        self._wanted = None
        if made is not None:
            told = {name: len(getattr(made, name)) for name in ("added", "changed", "removed")}
            log.info("rules published", change=made.number, **told, by=made.changed_by)

    async def _take_news(self) -> None:
        """Switch to the topic's set where it has a new one; where it is none that we can read, the last one stays in force."""
        if not self._topic.news():
            return
        change, mistake = self._topic.log.change, await asyncio.to_thread(self._topic.log.mistake)
        if mistake:
            self._refuse(RULES.name, [Problem(RULES.name, 1, 1, mistake)])
        elif change is not None:
            try:
                rules = await asyncio.to_thread(
                    build_rule_set,
                    list(self._topic.log.rules.values()),
                    [*self.current.rules, *self._in_files.rules],
                )
                self._switch(rules, change)
            except DocumentError as error:
                self._refuse(RULES.name, error.problems)

    def _switch(self, rules: RuleSet, change: RuleSetChange) -> None:
        self.current, self.change = rules, change
        self._on_switch(rules)
        metrics.RULES_LOADED.set(len(rules.rules))
        metrics.RULES_CHANGE.set(change.number)
        self.reloads.record_success(RULES.name)
        log.info(
            "rules in force",
            change=change.number,
            rules=len(rules.rules),
            revision=change.revision,
            by=change.changed_by,
        )

    def _refuse(self, where: str, problems: Sequence[Problem]) -> None:
        self.reloads.record_failure(where, problems)
        self.reloads.log_problems(self._number)

    @property
    def _number(self) -> int:
        return self.change.number if self.change else 0

"""Reload the rules: keep the active rules of this process in step with rules.v1.

A process that sees the rule files change publishes the change there.
docs/decisions/2026-11-27-rules-reload.md says why, and what holds when replicas, files and crashes
disagree.
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
from shared.files.reload_report import Reloads
from shared.files.yaml_document import DocumentError, Problem
from shared.kafka.topics import RULES
from shared.messages.schemas import RuleSetChange

log = get(__name__)

FILES: Final = "rule files"
START_DELAY_S: Final = 0.3
"""Replicas that start together publish after a random part of this, so that they rarely collide."""
RETRY_DELAY_S: Final = 2.0
FOLLOWER_DELAY_S: Final = 2.0
"""The leading replica publishes at once. The others, which mostly see the same files, wait between
this long and twice as long, and then find it done."""


@dataclass(frozen=True, slots=True)
class _Publication:
    """A set to publish, at ``not_before`` (monotonic) or later.

    It is obsolete once a change after number ``after`` has brought the same revision into force.
    """

    rules: RuleSet
    revision: str
    after: int
    not_before: float


class ActiveRules:
    """Follows rules.v1 and the rule files.

    ``current`` is replaced as a whole, between two articles. Call ``load_files`` and ``prepare``
    first, then ``start``, ``run`` and ``stop``. ``is_leader`` says whether this replica publishes
    what all replicas see. It only saves the others the attempt: nothing depends on it.
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
        self._file_rules = RuleSet(())
        self._publication: _Publication | None = None
        self._reload_requested, self._stopping = False, False
        self._loading: asyncio.Task[RuleSet] | None = None

    def load_files(self) -> None:
        """Load the files for the first time; their problems are kept in ``reloads``."""
        try:
            rules = self._folder.load()
        except DocumentError as error:
            self.reloads.record_failure(FILES, error.problems)
        else:
            self._schedule(rules, delay_s=START_DELAY_S * random.random())  # noqa: S311 - a delay

    async def prepare(self) -> None:
        """Bring rules into force: those of the files, or those of the topic if the files are bad.

        The rules of the files are published if the topic says otherwise. DocumentError, with every
        problem, if neither has a valid set.
        """
        await self._topic.open()
        try:
            await self._topic.poll_to_end()
            if self._publication is not None:  # a set that was in force before may come back
                self._publication = replace(self._publication, after=self._topic.log.number)
            while self._publication is not None:
                await asyncio.sleep(max(0.0, self._publication.not_before - time.monotonic()))
                await self._topic.poll_to_end()
                await self._publish(self._publication)
            await self._topic.poll_to_end()
            await self._apply_update()
        finally:
            await self._topic.close()
        if self.change is None and self.reloads.mistakes:
            raise DocumentError(self.reloads.problems)
        self.reloads.log_problems(self._number)

    def obstacle(self) -> str:
        """Return why nothing can be matched, or "" if rules are in force."""
        return "" if self.current.rules else "no rules are in force"

    async def start(self) -> None:
        """Start to follow the topic."""
        await self._topic.open()

    async def run(self) -> None:
        """Follow the topic and the files until stopped."""
        try:
            while not self._stopping:
                await self._topic.poll()
                await self._apply_update()
                await self._check_files()
                publication = self._publication
                if publication is not None and time.monotonic() >= publication.not_before:
                    await self._publish(publication)
        finally:
            await self._topic.close()

    async def stop(self) -> None:
        """Stop following."""
        self._stopping = True

    def reload(self) -> None:
        """Load the files soon, changed or not."""
        self._reload_requested = True

    async def _check_files(self) -> None:
        """Load changed files in a thread, and schedule their publication once they are loaded."""
        if self._loading is None:
            has_changed = await asyncio.to_thread(self._folder.has_changed, time.monotonic())
            if has_changed or self._reload_requested:
                self._reload_requested = False
                self._loading = asyncio.create_task(asyncio.to_thread(self._folder.load))
        elif self._loading.done():
            loading, self._loading = self._loading, None
            delay_s = FOLLOWER_DELAY_S * (1 + random.random())  # noqa: S311 - a delay
            try:
                self._schedule(await loading, delay_s=0.0 if self.is_leader() else delay_s)
            except DocumentError as error:
                self._refuse(FILES, error.problems)

    def _schedule(self, rules: RuleSet, *, delay_s: float) -> None:
        """Plan to publish the rules of the files."""
        self._file_rules = rules
        self._publication = _Publication(
            rules,
            rule_set_revision(loaded.rule for loaded in rules.rules),
            self._topic.log.number,
            time.monotonic() + delay_s,
        )
        self.reloads.record_success(FILES)

    async def _publish(self, publication: _Publication) -> None:
        """Publish a set; if the broker is away or another replica publishes, try again later."""
        if self._topic.log.numbers.get(publication.revision, 0) > publication.after:
            # Another replica saw the same files; it may be past them already.
            self._publication = None
            return
        rules = [loaded.rule for loaded in publication.rules.rules]
        try:
            change = await self._topic.publish(rules, self._by)
        except KafkaError as error:
            delay_s = RETRY_DELAY_S * random.random()  # noqa: S311 - a delay
            self._publication = replace(publication, not_before=time.monotonic() + delay_s)
            log.warning("rules not published yet", because=str(error) or type(error).__name__)
            return
        self._publication = None
        if change is not None:
            log.info(
                "rules published",
                change=change.number,
                added=len(change.added),
                changed=len(change.changed),
                removed=len(change.removed),
                by=change.changed_by,
            )

    async def _apply_update(self) -> None:
        """Switch to a new set of the topic; if it is not valid, the last one stays in force."""
        if not self._topic.take_update():
            return
        changelog = self._topic.log
        change, problem = changelog.change, await asyncio.to_thread(changelog.mistake)
        if problem:
            self._refuse(RULES.name, [Problem(RULES.name, 1, 1, problem)])
        elif change is not None:
            rules = list(changelog.rules.values())
            parsed = [*self.current.rules, *self._file_rules.rules]
            try:
                self._switch(await asyncio.to_thread(build_rule_set, rules, parsed), change)
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

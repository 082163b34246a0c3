"""Delivery against a small model: whatever comes, crashes and answers, each dispatch ends once."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.routes.local_times import MuteTime
from services.alerting.routes.routes import Routes
from services.alerting.urgency import urgency
from shared.messages import codec
from shared.messages.delivery_keys import CONTENT, WAITING, content_key
from shared.messages.schemas import (
    AlertOutcome,
    AlertRoute,
    Change,
    Delivery,
    DeliveryState,
    Dispatch,
    Notification,
    Severity,
    Silence,
)
from tests.builders import invent_words
from tests.delivery_scene import BEGIN, POINTS, DeliveryScene
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import examples

DESTINATIONS: Final = ("slack:a", "slack:b")
STORIES: Final = 3
WITHHELD: Final = (AlertOutcome.SILENCED, AlertOutcome.MUTED, AlertOutcome.INHIBITED)
ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.CLOSED, DeliveryState.DEAD)
ROUTE_OF_B: Final = AlertRoute(destination="slack:b", mute_times=("always",), inhibits=True)
MUTED: Final = Routes(mute_times={"always": MuteTime(name="always", zone="UTC", start=0, end=0)})
SEVERITIES: Final = (Severity.LOW, Severity.HIGH, Severity.CRITICAL)
REFUSED: Final = DeliveryState.PARKED
"""Without its records, after a restart, what is refused for its form is kept for a person."""
Kind = Literal["article", "news", "correction", "withdrawal"]
ANSWERS: Final = {
    "accepted": (Answer(verdict=Verdict.ACCEPTED, detail="200 ok"), True),
    "busy": (Answer(verdict=Verdict.UNSENT, detail="429", retry_after_s=30.0), False),
    "lost": (Answer(verdict=Verdict.IN_DOUBT, detail="500"), False),
    "accepted but lost": (Answer(verdict=Verdict.IN_DOUBT, detail="reset"), True),
    "malformed": (Answer(verdict=Verdict.MALFORMED, detail="400"), False),
    "gone": (Answer(verdict=Verdict.GONE, detail="404"), False),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A dispatch as the model sees it."""

    dispatch: Dispatch = field(repr=False)
    story: int
    kind: Kind
    article: str

    @property
    def rules(self) -> set[str]:
        return {alert.rule_id for alert in self.dispatch.alerts}


@dataclass(slots=True)
class ToldStory:
    """What a destination was told of a story."""

    severity: int
    rules: set[str] = field(default_factory=set)
    messages: int = 0


def build(number: int, story: int, destination: str, kind: Kind, severity: Severity) -> Sent:
    """Build the dispatch of the first version of an article; a number gives the same one."""
    base = dispatch(story, destination)
    assert base.article is not None
    news = f" {' '.join(invent_words(1_000 + number)[:8])}." if kind == "news" else ""
    article = replace(
        base.article.article,
        article_id=f"article-{number}",
        uri=f"https://wire.example/{number}",
        source=f"Wire {number}",
        headline=" ".join(invent_words(story)[12:]),
        body=base.article.article.body + news,
        event_time=base.article.article.event_time + timedelta(minutes=number * 7 % 10),
    )
    alert = replace(
        base.alerts[0],
        alert_id=f"alert-{number}",
        rule_id=f"rule-{severity}",
        article_id=article.article_id,
        severity=severity,
        event_time=article.event_time,
        routes=(ROUTE_OF_B,) if destination == ROUTE_OF_B.destination else (),
    )
    built = replace(
        base,
        dispatch_id=f"dispatch-{number}",
        severity=severity,
        alerts=(alert,),
        article=replace(base.article, article=article),
    )
    return Sent(built, story, kind, article.article_id)


def follow(sent: Sent, number: int, kind: Kind) -> Sent:
    """Build the dispatch of a later version: one word of the headline is another, or it is gone.

    The rule fires on every other correction.
    """
    tagged = sent.dispatch.article
    assert tagged is not None
    before = tagged.article
    word = f"Word{number} "
    article = replace(
        before,
        version=before.version + 1,
        revision=f"r{number}",
        headline=word + before.headline,
        changes=(Change(field="headline", start=0, end=len(word), removed="Old "),),
        pubstatus="canceled" if kind == "withdrawal" else "usable",
    )
    alerts = sent.dispatch.alerts if kind == "correction" and number % 2 else ()
    later = replace(
        sent.dispatch,
        dispatch_id=f"dispatch-{number}",
        kind="revision" if kind == "correction" else "withdrawal",
        alerts=tuple(replace(alert, alert_id=f"alert-{number}") for alert in alerts),
        article=replace(tagged, article=article),
    )
    return Sent(later, sent.story, kind, sent.article)


def silence_of(rule_id: str) -> Silence:
    """Build a silence of a rule that holds for as long as the machine runs."""
    return Silence(
        silence_id=rule_id,
        matchers=(f"rule={rule_id}",),
        starts_at=BEGIN,
        ends_at=BEGIN + timedelta(days=365),
        author="kim",
        comment="a test",
    )


class Model:
    """What is to come of each dispatch, and what was seen of it so far."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.told: dict[tuple[str, int], ToldStory] = {}
        self.owner: dict[str, str] = {}
        self.last: dict[str, Delivery] = {}
        self.facts: set[str] = set()
        self.digests: set[str] = set()
        self.unmarked: defaultdict[str, int] = defaultdict(int)
        self.silenced: set[str] = set()
        self.is_muted = False

    def apply_entry(self, entry: Delivery) -> None:
        """Check an entry against those before: one notification for a dispatch, one end."""
        before = self.last.get(entry.notification_id)
        assert before is None or before.state not in ENDED, (before, entry)
        for dispatch_id in entry.dispatch_ids:
            assert self.owner.setdefault(dispatch_id, entry.notification_id) == (
                entry.notification_id
            ), f"{dispatch_id} is decided twice"
        self.last[entry.notification_id] = entry
        if entry.state is DeliveryState.DEAD:
            self._forget(entry)

    def _forget(self, entry: Delivery) -> None:
        """Note that nobody received a message: if it was the first, the next one is."""
        for story in {self.sent[dispatch_id].story for dispatch_id in entry.dispatch_ids}:
            told = self.told.get((entry.destination, story))
            if told is not None and told.messages <= 1:
                del self.told[entry.destination, story]

    def apply_fact(self, fact: Notification) -> None:
        """Check a decision: its outcome and kind are those that follow from what was told."""
        assert fact.notification_id not in self.facts, "a decision is written once"
        self.facts.add(fact.notification_id)
        if fact.notification_id not in self.last:  # of alerts that a message leaves out
            assert fact.outcome in WITHHELD
            return
        by_story = defaultdict[int, list[Sent]](list)
        for dispatch_id in self.last[fact.notification_id].dispatch_ids:
            by_story[self.sent[dispatch_id].story].append(self.sent[dispatch_id])
        assert len(by_story) == 1 or fact.kind == "digest"
        for story, members in by_story.items():
            self._apply_story(fact, story, members)

    def _apply_story(self, fact: Notification, story: int, members: list[Sent]) -> None:
        told = self.told.get((fact.destination, story))
        withheld = self._withhold(told, members)
        shown = [each for each in members if each.dispatch.dispatch_id not in withheld]
        if not shown:
            most = max(urgency(each.dispatch.severity) for each in members)
            first = [each for each in members if urgency(each.dispatch.severity) == most]
            assert fact.outcome in {withheld[each.dispatch.dispatch_id] for each in first}
            return
        outcome, kind = self._decide(told, shown)
        if fact.kind == "digest":
            self.digests.add(fact.notification_id)
            assert outcome is AlertOutcome.NOTIFIED
        else:
            assert (fact.outcome, fact.kind) == (outcome, kind), (members, told, fact.reason)
        if outcome is AlertOutcome.NOTIFIED:
            self._tell(fact.destination, story, shown)

    def _withhold(self, told: ToldStory | None, members: list[Sent]) -> dict[str, AlertOutcome]:
        """Return the dispatches that are silenced, muted or inhibited now."""
        if told is not None and {each.kind for each in members} & {"correction", "withdrawal"}:
            return {}
        outcomes = {each.dispatch.dispatch_id: self._why_withheld(told, each) for each in members}
        return {dispatch_id: outcome for dispatch_id, outcome in outcomes.items() if outcome}

    def _why_withheld(self, told: ToldStory | None, each: Sent) -> AlertOutcome | None:
        if each.rules & self.silenced:
            return AlertOutcome.SILENCED
        is_critical = each.dispatch.severity is Severity.CRITICAL
        if not each.rules or is_critical or each.dispatch.destination != ROUTE_OF_B.destination:
            return None
        if self.is_muted:
            return AlertOutcome.MUTED
        was_critical = told is not None and told.severity == urgency(Severity.CRITICAL)
        return AlertOutcome.INHIBITED if was_critical else None

    def _decide(self, told: ToldStory | None, members: list[Sent]) -> tuple[AlertOutcome, str]:
        kinds = {each.kind for each in members}
        withdrawn = {each.article for each in members if each.kind == "withdrawal"}
        alerted = {each.article for each in members if each.dispatch.alerts}
        if told is None:
            if alerted - withdrawn:
                return AlertOutcome.NOTIFIED, "first"
            if "withdrawal" in kinds:
                return AlertOutcome.WITHDRAWN, "withdrawal"
            return AlertOutcome.FOLDED, "update"
        if "withdrawal" in kinds:
            return AlertOutcome.NOTIFIED, "withdrawal"
        if "correction" in kinds:
            return AlertOutcome.NOTIFIED, "correction"
        is_more_urgent = any(
            urgency(each.dispatch.severity) > told.severity and each.rules - told.rules
            for each in members
        )
        if is_more_urgent or "news" in kinds:
            return AlertOutcome.NOTIFIED, "update"
        return AlertOutcome.FOLDED, "update"

    def _tell(self, destination: str, story: int, members: list[Sent]) -> None:
        told = self.told.setdefault((destination, story), ToldStory(-1))
        told.severity = max(told.severity, *(urgency(each.dispatch.severity) for each in members))
        told.messages += 1
        told.rules.update(*(each.rules for each in members))


class DeliveryMachine(RuleBasedStateMachine):
    """Publishes, lets time pass, answers badly and crashes, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.scene, self.model = DeliveryScene(), Model()
        self.seen_transactions = self.seen_posts = 0
        self.was_read: set[str] = set()
        self.published_at: dict[str, float] = {}
        self.is_sound = True

    def run(self, action: Any) -> None:
        self.is_sound = False
        before = self.scene.crashes
        self.loop.run_until_complete(action)
        first = self.seen_posts
        self.check_what_was_done()
        if self.scene.crashes == before:
            self.check_order(first)
        self.was_read = set(self.model.sent)
        self.is_sound = True

    @initialize()
    def begin(self) -> None:
        self.run(self.scene.run())

    @rule(
        story=st.integers(0, STORIES - 1),
        destination=st.sampled_from(DESTINATIONS),
        kind=st.sampled_from(("article", "article", "news")),
        severity=st.sampled_from(SEVERITIES),
    )
    def publish(self, story: int, destination: str, kind: Kind, severity: Severity) -> None:
        self._publish(build(len(self.model.sent), story, destination, kind, severity))

    @precondition(lambda self: self.model.sent)
    @rule(number=st.integers(0, 99), kind=st.sampled_from(("correction", "withdrawal")))
    def publish_later_version(self, number: int, kind: Kind) -> None:
        latest = {each.article: each for each in self.model.sent.values()}
        usable = [each for each in latest.values() if each.kind != "withdrawal"]
        if usable:
            sent = usable[number % len(usable)]
            self._publish(follow(sent, len(self.model.sent), kind))

    @precondition(lambda self: self.model.sent)
    @rule(number=st.integers(0, 99))
    def publish_again(self, number: int) -> None:
        sent = list(self.model.sent.values())[number % len(self.model.sent)]
        self.scene.publish(sent.dispatch)

    @rule(
        name=st.sampled_from(("a", "b")),
        names=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=4),
    )
    def answer(self, name: str, names: list[str]) -> None:
        self.scene.answers.setdefault(name, []).extend(ANSWERS[each] for each in names)

    @rule(severity=st.sampled_from(SEVERITIES), is_on=st.booleans())
    def silence(self, severity: Severity, is_on: bool) -> None:
        name = f"rule-{severity}"
        value = codec.encode(silence_of(name)) if is_on else None
        self.scene.silences.apply(name.encode(), value)
        (self.model.silenced.add if is_on else self.model.silenced.discard)(name)

    @rule(is_muted=st.booleans())
    def reload_routes(self, is_muted: bool) -> None:
        self.scene.routes = MUTED if is_muted else Routes()
        self.model.is_muted = is_muted

    @rule(point=st.sampled_from(POINTS), times=st.integers(0, 3))
    def crash(self, point: str, times: int) -> None:
        self.scene.crash_at = (point, times)

    @rule()
    def work(self) -> None:
        self.run(self.scene.run())

    @rule(seconds=st.sampled_from((1.0, 5.0, 31.0, 301.0)))
    def move(self, seconds: float) -> None:
        self.run(self.scene.move(seconds))

    @rule()
    def store_what_waits(self) -> None:
        self.run(self.scene.store())

    @rule()
    def restart(self) -> None:
        self.run(self._restart())

    async def _restart(self) -> None:
        await self.scene.stop()
        await self.scene.run()

    def _publish(self, sent: Sent) -> None:
        self.model.sent[sent.dispatch.dispatch_id] = sent
        self.published_at[sent.dispatch.dispatch_id] = self.scene.clock.seconds
        self.scene.publish(sent.dispatch)

    def check_order(self, first: int) -> None:
        """Check that nothing more urgent was due when a notification was first posted.

        Stories that were told before may be held back; they are left out.
        """
        for post in self.scene.posts[first:]:
            entries = [
                entry
                for transaction in self.scene.transactions[: post.transactions]
                for entry in transaction.entries
            ]
            mine = next(e for e in reversed(entries) if e.notification_id == post.notification_id)
            decided = [self.model.sent[each] for entry in entries for each in entry.dispatch_ids]
            stories = {(each.dispatch.destination, each.story) for each in decided}
            due = [
                self.model.sent[each]
                for each in self.was_read
                if self.published_at[each] + self._wait_s(each) <= post.at_s
            ]
            more_urgent = [
                each
                for each in due
                if each.dispatch.destination == post.destination
                and (post.destination, each.story) not in stories
                and urgency(each.dispatch.severity) > self._rank(mine)
            ]
            is_new = mine.attempts == 1 and post.notification_id not in self.model.digests
            assert not (is_new and more_urgent), (mine, more_urgent)

    def _wait_s(self, dispatch_id: str) -> float:
        is_low = self.model.sent[dispatch_id].dispatch.severity is Severity.LOW
        return 30.0 if is_low else 0.0

    def _rank(self, entry: Delivery) -> int:
        return max(urgency(self.model.sent[each].dispatch.severity) for each in entry.dispatch_ids)

    def check_what_was_done(self) -> None:
        """Check what was committed and posted since the last step."""
        for transaction in self.scene.transactions[self.seen_transactions :]:
            for entry in transaction.entries:
                self.model.apply_entry(entry)
            for fact in transaction.facts:
                self.model.apply_fact(fact)
        self.seen_transactions = len(self.scene.transactions)
        for post in self.scene.posts[self.seen_posts :]:
            if post.is_accepted and not post.is_marked:
                for dispatch_id in self.model.last[post.notification_id].dispatch_ids:
                    self.model.unmarked[dispatch_id] += 1
        self.seen_posts = len(self.scene.posts)

    @invariant()
    def nothing_is_accepted_twice_without_a_mark(self) -> None:
        assert all(count == 1 for count in self.model.unmarked.values()), self.model.unmarked

    def teardown(self) -> None:
        try:
            if self.is_sound:
                self._finish()
        finally:
            self.loop.run_until_complete(self.scene.kill())
            self.loop.close()

    def _finish(self) -> None:
        """Let everything recover: all is decided and ended, and a full replay posts nothing."""
        self.scene.crash_at = None
        self.scene.answers.clear()
        self.run(self.scene.run())
        while self.scene.clock.next_deadline() is not None:
            assert self.scene.clock.seconds < 10 * 86_400, "it never ends"
            self.run(self.scene.move(60.0))
        assert set(self.model.owner) == set(self.model.sent), "each dispatch is decided"
        assert {entry.state for entry in self.model.last.values()} <= {*ENDED, REFUSED}
        accepted = {post.notification_id for post in self.scene.posts if post.is_accepted}
        for entry in self.model.last.values():
            if entry.state is DeliveryState.DELIVERED:
                assert entry.notification_id in accepted
        self.nothing_is_accepted_twice_without_a_mark()
        assert self.scene.committed_offset == len(self.scene.records)
        state = self.scene.state()
        parked = {each for each, entry in self.model.last.items() if entry.state is REFUSED}
        contents = {key for key, _ in state.items() if key.startswith(CONTENT + b"/")}
        assert contents == set(map(content_key, parked)), "what can still be posted is kept"
        assert not [key for key, _ in state.items() if key.startswith(WAITING + b"/")]
        self._replay()

    def _replay(self) -> None:
        posts = len(self.scene.posts)
        self.loop.run_until_complete(self.scene.stop())
        self.scene.committed_offset = 0
        self.run(self.scene.move(1_000.0))
        assert len(self.scene.posts) == posts, "a replay posts nothing"
        assert self.scene.committed_offset == len(self.scene.records)


TestDeliveryMachine = DeliveryMachine.TestCase
TestDeliveryMachine.settings = examples(100, stateful_step_count=30, report_multiple_bugs=False)

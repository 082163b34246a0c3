"""Messages that nobody acknowledges go to others: once, in time, and across crashes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.message.content import compose, summarise
from services.alerting.deliver.grouping.escalations import StoryEscalations
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from shared.feedback.feedback_book import build_feedback
from shared.feedback.message_links import reference
from shared.messages import codec
from shared.messages.schemas import (
    AlertOutcome,
    AlertRoute,
    Dispatch,
    Escalation,
    Feedback,
    Notification,
    NotifiedArticle,
    Severity,
    Silence,
)
from tests.delivery_scene import BEGIN, POINTS, DeliveryScene
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import examples

HERE: Final = "slack:newsroom"
CHIEF: Final = "slack:chief"
MINUTE: Final = timedelta(minutes=1)
TEN: Final = Escalation(after_s=600, receiver="chief", destinations=(CHIEF,))


def escalating(number: int = 1, *steps: Escalation, **changes: Any) -> Dispatch:
    """A dispatch whose alert is escalated after ten minutes."""
    routes = tuple(AlertRoute(destination=HERE, escalation=step) for step in (steps or (TEN,)))
    known = dispatch(number)
    alerts = tuple(
        replace(known.alerts[0], alert_id=f"{number} {n}", rule_id=f"rule-{n}", routes=(route,))
        for n, route in enumerate(routes)
    )
    return replace(known, **({"alerts": alerts} | changes))


def facts(scene: DeliveryScene, destination: str = CHIEF) -> list[Notification]:
    """What was decided for a destination."""
    return [
        fact
        for transaction in scene.transactions
        for fact in transaction.facts
        if fact.destination == destination
    ]


def told(scene: DeliveryScene, destination: str = CHIEF) -> list[float]:
    """When a destination was posted to."""
    return [post.at_s for post in scene.posts if post.destination == destination]


def say(scene: DeliveryScene, message: Notification, **changes: Any) -> Feedback:
    """Somebody acknowledges a message."""
    about = reference(message)
    feedback = replace(
        build_feedback(
            "acknowledged",
            destination=about.destination,
            story_id=about.story_id,
            notification_id=about.notification_id,
            author="Ana",
            at=scene.clock.now(),
        ),
        **changes,
    )
    scene.feedback.apply(feedback.feedback_id.encode(), codec.encode(feedback))
    return feedback


async def test_what_nobody_acknowledges_is_escalated_once() -> None:
    """After ten minutes, marked, with the whole message; never again."""
    scene = DeliveryScene()
    scene.publish(escalating())
    await scene.move(599.0)
    assert (len(told(scene, HERE)), told(scene)) == (1, [])
    await scene.move(2.0)
    assert len(told(scene)) == 1
    assert 600.0 <= told(scene)[0] <= 601.0
    await scene.kill()
    await scene.move(86_400.0)
    assert (len(told(scene)), len(told(scene, HERE))) == (1, 1)
    (first,), (escalated,) = facts(scene, HERE), facts(scene)
    assert escalated.reason == "not acknowledged at slack:newsroom within 10 min"
    assert escalated.articles == first.articles
    assert [alert.alert_id for alert in escalated.alerts] == ["1 0"]
    content = compose(Post(notification=escalated))
    assert content.labels == ("High", "Escalated")
    assert content.statement == "Not acknowledged at slack:newsroom within 10 min."
    assert content.headline == first.articles[0].headline
    assert "Escalated" in summarise(content)
    assert reference(escalated) == reference(first), "its links answer the first message"
    await scene.kill()


async def test_an_acknowledgement_in_time_cancels_it() -> None:
    """One that is taken back in time does not."""
    for is_withdrawn, number in ((False, 0), (True, 1)):
        scene = DeliveryScene()
        scene.publish(escalating())
        await scene.move(300.0)
        say(scene, facts(scene, HERE)[0])
        await scene.move(200.0)
        if is_withdrawn:
            say(scene, facts(scene, HERE)[0], withdrawn_at=scene.clock.now())
        await scene.move(3_600.0)
        assert len(told(scene)) == number
        await scene.kill()


async def test_other_answers_count_as_well() -> None:
    """Wrong means that somebody has read it, and so do the whole story's acknowledgement and its
    silence; what is said of another message or elsewhere does not.
    """
    changes: list[tuple[dict[str, Any], int]] = [
        ({"kind": "wrong", "wrong_reason": "denied"}, 0),
        ({"notification_id": ""}, 0),
        ({"notification_id": "other"}, 1),
        ({"destination": "slack:other"}, 1),
        ({"notification_id": "", "at": BEGIN - MINUTE}, 1),
        ({"notification_id": "", "story_id": "other"}, 1),
    ]
    for change, number in changes:
        scene = DeliveryScene()
        scene.publish(escalating())
        await scene.move(60.0)
        say(scene, facts(scene, HERE)[0], **change)
        await scene.move(900.0)
        assert len(told(scene)) == number, change
        await scene.kill()


@pytest.mark.parametrize(("destination", "number"), [(HERE, 0), (None, 0), ("slack:other", 1)])
async def test_a_silenced_story_is_not_escalated(destination: str | None, number: int) -> None:
    """Who silences it knows of it."""
    scene = DeliveryScene()
    scene.publish(escalating())
    await scene.move(60.0)
    silence = Silence(
        silence_id="s",
        matchers=(),
        starts_at=BEGIN,
        ends_at=BEGIN + 60 * MINUTE,
        author="Ana",
        comment="",
        story_id=facts(scene, HERE)[0].story_id,
        destination=destination,
    )
    scene.silences.apply(b"s", codec.encode(silence))
    await scene.move(900.0)
    assert len(told(scene)) == number
    await scene.kill()


@pytest.mark.parametrize("count", range(6))
@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_process_escalates_once_all_the_same(point: str, count: int) -> None:
    """Wherever it ends: one notification, and a second post only with its mark."""
    scene = DeliveryScene(crash_at=(point, count))
    for number in (1, 2):
        scene.publish(escalating(number))
    await scene.move(601.0)
    scene.publish(dispatch(3))
    await scene.move(1_800.0)
    accepted = [post for post in scene.posts if post.destination == CHIEF and post.is_accepted]
    assert len({post.notification_id for post in accepted}) == 2
    unmarked = [post.notification_id for post in accepted if not post.is_marked]
    assert len(unmarked) == len(set(unmarked))
    assert len({fact.notification_id for fact in facts(scene)}) == len(facts(scene)) == 2
    assert {fact.destination for fact in facts(scene)} == {CHIEF}
    await scene.kill()


IN_TIME_OR_NOT: Final = st.none() | st.integers(5, 590) | st.integers(610, 1_200)
"""When somebody answers, in seconds; one second is between two posts to an address."""


@examples(40)
@given(
    stories=st.lists(st.tuples(st.integers(0, 900), IN_TIME_OR_NOT), min_size=1, max_size=3),
    crashes=st.lists(st.tuples(st.integers(1, 2_000), st.sampled_from(POINTS)), max_size=3),
)
async def test_a_story_is_escalated_if_nobody_answers_in_time(
    stories: list[tuple[int, int | None]], crashes: list[tuple[int, str]]
) -> None:
    """Once for each, whenever messages come, people answer and the process ends."""
    scene = DeliveryScene()
    steps: list[tuple[float, str, Any]] = []
    for number, (begin, answer) in enumerate(stories, 1):
        steps.append((begin, "publish", number))
        if answer is not None:
            steps.append((begin + answer + 0.5, "answer", number))
    steps += [(at + 0.25, "crash", point) for at, point in crashes]
    try:
        for at, action, value in sorted(steps, key=lambda step: step[0]):
            await scene.move(at - scene.clock.seconds)
            await take_step(scene, action, value)
        scene.crash_at = None
        await scene.move(3_000.0)
    finally:
        await scene.kill()
    expected = sum(answer is None or answer > 600 for _, answer in stories)
    assert len({fact.notification_id for fact in facts(scene)}) == len(facts(scene)) == expected
    accepted = {post.notification_id for post in scene.posts if post.destination == CHIEF}
    assert len(accepted) == expected


async def take_step(scene: DeliveryScene, action: str, value: Any) -> None:
    """Publish a story, acknowledge its message, or let the process end at a point from now on."""
    if action == "publish":
        scene.publish(escalating(value))
        await scene.run()
    elif action == "crash":
        scene.crash_at = (value, 0)
    else:
        words = f"Headline {value} "
        known = facts(scene, HERE)
        (message,) = (fact for fact in known if words in fact.articles[0].headline)
        say(scene, message)


async def test_an_acknowledgement_outlives_a_crash() -> None:
    """The state keeps when it is due, the topic who has acknowledged."""
    scene = DeliveryScene()
    scene.publish(escalating())
    await scene.move(300.0)
    await scene.kill()
    await scene.move(100.0)
    say(scene, facts(scene, HERE)[0])
    await scene.kill()
    await scene.move(900.0)
    assert told(scene) == []
    await scene.kill()


async def test_an_address_that_takes_nothing_delays_no_escalation() -> None:
    """Nobody can acknowledge what nobody receives."""
    scene = DeliveryScene()
    scene.answers["newsroom"] = [(Answer(verdict=Verdict.GONE, detail="404"), False)] * 500
    scene.publish(escalating())
    await scene.move(601.0)
    assert len(told(scene)) == 1
    assert 600.0 <= told(scene)[0] <= 601.0
    await scene.kill()


async def test_each_receiver_has_its_own_time() -> None:
    """Of several rules the shortest time counts; nobody is escalated to themselves."""
    boss = Escalation(after_s=1_800, receiver="boss", destinations=("slack:boss", HERE))
    later = structs.replace(TEN, after_s=1_200)
    scene = DeliveryScene()
    scene.publish(escalating(1, later, TEN, boss))
    await scene.move(4_000.0)
    assert [round(at) for at in told(scene)] == [600]
    assert [round(at) for at in told(scene, "slack:boss")] == [1_800]
    assert len(told(scene, HERE)) == 1
    await scene.kill()


def revision(kind: Any, version: int, **changes: Any) -> Dispatch:
    """What match sends to the chief of a later version: nobody knows whether they were told."""
    known = dispatch(1, CHIEF)
    assert known.article is not None
    clean = replace(known.article.article, version=version, revision=f"v{version}", **changes)
    return replace(
        known,
        dispatch_id=f"{kind} {version}",
        kind=kind,
        alerts=(),
        only_if_notified=True,
        article=replace(known.article, article=clean),
    )


async def test_who_was_told_hears_of_corrections_and_of_a_withdrawal() -> None:
    """Before the escalation they hear nothing, and after it everything, across a restart."""
    scene = DeliveryScene()
    scene.publish(escalating())
    await scene.move(60.0)
    scene.publish(revision("revision", 2, signal="correction"))
    await scene.move(600.0)
    assert len(told(scene)) == 1
    await scene.kill()
    scene.publish(revision("revision", 3, signal="correction"))
    await scene.move(600.0)
    assert len(told(scene)) == 2
    scene.publish(revision("withdrawal", 4, pubstatus="canceled"))
    await scene.move(600.0)
    kinds = [fact.kind for fact in facts(scene) if fact.outcome is AlertOutcome.NOTIFIED]
    assert (kinds, len(told(scene))) == (["first", "correction", "withdrawal"], 3)
    assert len(facts(scene)) == 4, "the first correction was nothing to the chief"
    await scene.kill()


async def test_a_burst_is_escalated_with_its_articles() -> None:
    """It is a story of its own, and its dispatch has no article."""
    known = [escalating(number).alerts[0] for number in (1, 2, 3)]
    burst = replace(
        escalating(),
        kind="burst",
        article=None,
        alerts=tuple(known),
        reason="3 articles within 1 h",
    )
    scene = DeliveryScene()
    scene.publish(burst)
    await scene.move(700.0)
    (escalated,) = facts(scene)
    assert (escalated.kind, len(escalated.alerts)) == ("burst", 3)
    content = compose(Post(notification=escalated))
    assert "Not acknowledged at slack:newsroom within 10 min." in content.statement
    assert "3 articles" in content.headline
    await scene.kill()


# ---- the decisions one by one


def message(number: int = 1, severity: Severity = Severity.HIGH, **changes: Any) -> Notification:
    """A message of the story, with an article and an alert of its own."""
    known = escalating(number)
    assert known.article is not None
    clean = known.article.article
    article = NotifiedArticle(
        article_id=clean.article_id,
        revision=clean.revision,
        version=1,
        source=clean.source,
        headline=clean.headline,
        uri=clean.uri,
        url=clean.url,
        event_time=clean.event_time,
        event_time_source=clean.event_time_source,
    )
    fields: dict[str, Any] = {
        "notification_id": f"n{number}",
        "destination": HERE,
        "outcome": AlertOutcome.NOTIFIED,
        "reason": "news",
        "alerts": tuple(replace(alert, severity=severity) for alert in known.alerts),
        "story_id": "story",
        "severity": severity,
        "articles": (article,),
    }
    return Notification(**(fields | changes))


class Story:
    """The escalations of one story, with a clock."""

    def __init__(self) -> None:
        self.policy = DeliveryPolicy()
        self.escalations = StoryEscalations()
        self.now: datetime = BEGIN

    def send(self, notification: Notification, posted_id: str = "") -> None:
        posted = posted_id or notification.notification_id
        changed = self.escalations.take_message(notification, posted, self.policy, self.now)
        if changed is not None:  # the state gives the same back
            codec.decode(codec.encode(changed), type(changed))
            again = StoryEscalations([codec.decode(codec.encode(changed), type(changed))])
            assert again.due_in(self.now) == self.escalations.due_in(self.now)

    def answer(self, notification_id: str) -> None:
        feedback = build_feedback(
            "acknowledged",
            destination=HERE,
            story_id="story",
            notification_id=notification_id,
            author="Ana",
            at=self.now,
        )
        self.policy.feedback.apply(feedback.feedback_id.encode(), codec.encode(feedback))

    def escalate(self, minutes: int) -> list[Notification]:
        """Let time pass, and return what is escalated meanwhile."""
        self.now += minutes * MINUTE
        sent = []
        while (due := self.escalations.take_due(self.policy, self.now)) is not None:
            sent += [each.escalated for each in due.dispatches if each.escalated]
        return sent


def test_the_latest_message_is_escalated_at_the_first_ones_time() -> None:
    """With what is known by then, so that nothing false is repeated."""
    story = Story()
    story.send(message(1))
    assert story.escalate(8) == []
    correction = message(2, kind="correction", alerts=())
    story.send(correction)
    (escalated,) = story.escalate(2)
    assert (escalated.kind, escalated.notification_id) == ("correction", "n2")
    assert escalated.escalated_from is not None
    story.send(message(3))
    assert story.escalate(60) == [], "once is enough"


def test_what_is_more_urgent_is_escalated_again() -> None:
    """Also after an acknowledgement of what was less urgent; the same urgency is not."""
    for is_answered in (False, True):
        story = Story()
        story.send(message(1, Severity.HIGH))
        if is_answered:
            story.answer("n1")
        assert len(story.escalate(20)) == (0 if is_answered else 1)
        story.send(message(2, Severity.HIGH))
        assert story.escalate(20) == []
        story.send(message(3, Severity.CRITICAL))
        assert [each.severity for each in story.escalate(20)] == [Severity.CRITICAL]
        story.send(message(4, Severity.MEDIUM))
        assert story.escalate(20) == []


def test_an_answer_to_any_of_its_messages_counts() -> None:
    """To the first, to a follow-up, and to a digest that a message was part of."""
    for answered in ("n1", "n2", "digest"):
        story = Story()
        story.send(message(1), posted_id="digest")
        story.send(message(2, kind="update"))
        story.answer(answered)
        assert story.escalate(20) == []


def test_what_was_taken_back_is_not_escalated() -> None:
    """Of several articles only those that still stand; of one, nothing."""
    story = Story()
    both = message(1, alerts=(*message(1).alerts, *message(2).alerts))
    both = replace(
        both,
        articles=(*both.articles, *message(2).articles),
        alerts=tuple(replace(alert, rule_id=f"r{n}") for n, alert in enumerate(both.alerts)),
        new_sentences=("It is so.",),
    )
    story.send(both)
    story.send(withdrawal_of(message(1)))
    (escalated,) = story.escalate(10)
    assert escalated.articles == message(2).articles
    assert escalated.new_sentences == ()
    alone = Story()
    alone.send(message(1))
    alone.send(withdrawal_of(message(1)))
    assert alone.escalate(60) == []
    assert alone.escalations.due_in(alone.now) is None


def withdrawal_of(notification: Notification) -> Notification:
    articles = tuple(replace(each, pubstatus="canceled") for each in notification.articles)
    return replace(
        notification, notification_id="w", kind="withdrawal", alerts=(), articles=articles
    )


def test_a_message_without_an_escalation_leaves_no_trace() -> None:
    """Nor does forgetting its story."""
    story = Story()
    alerts = tuple(replace(alert, routes=()) for alert in message(1).alerts)
    story.send(message(1, alerts=alerts))
    assert story.escalations.due_in(story.now) is None
    assert story.escalations.forget("story") is False
    story.send(message(2))
    assert story.escalations.due_in(story.now) == 600.0
    assert story.escalations.forget("story") is True
    assert story.escalate(60) == []

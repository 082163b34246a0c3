"""One card for each story, whatever order its records are read in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.stories.notification_summary import SENTENCES, summarise_notification
from services.board.state.stories.story_card import ALERTS, TIMELINE, StoryCard, TimelineEntry
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    DeliveryState,
    Severity,
    TextChange,
)
from tests.unit.board.board_samples import (
    START_MS,
    a_delivery,
    a_notification,
    a_story_notification,
    an_alert,
    an_article,
    incoming,
    stations,
)

DESK = "webhook:desk"


def matched_at(alert: Alert, seconds: int) -> BoardRecord:
    return incoming(alert, stations(matched=seconds * 1000))


def recorded(message: Any, seconds: int) -> BoardRecord:
    return incoming(message, recorded_ms=START_MS + seconds * 1000)


def a_board(*records: BoardRecord) -> BoardState:
    board = BoardState(limit=50)
    for record in records:
        board.take(record)
    return board


def the_story(board: BoardState) -> StoryCard:
    (story,) = board.stories()
    return story


def steps(story: StoryCard) -> list[tuple[str, str, int]]:
    return [(entry.outcome, entry.kind, entry.times) for entry in story.timeline]


def states(entry: TimelineEntry) -> list[tuple[str, str]]:
    return [(line.destination, line.state) for line in entry.lines]


def test_two_articles_of_one_story_are_one_card() -> None:
    """As the notification says, whose story is named after its first article."""
    one, two = an_alert(1), an_alert(2, severity=Severity.CRITICAL)
    story = the_story(
        a_board(matched_at(one, 1), matched_at(two, 2), recorded(a_story_notification(one, two), 3))
    )
    assert (story.id, story.articles, story.severity) == ("article-1", 2, "critical")
    assert story.lead == two.alert_id
    assert steps(story) == [("notified", "first", 1)]


def test_articles_that_nothing_gathers_are_cards_of_their_own() -> None:
    """An alert is shown at once, before anything is decided."""
    board = a_board(matched_at(an_alert(1), 1), matched_at(an_alert(2), 2))
    assert [(story.id, story.articles) for story in board.stories()] == [
        ("article-2", 1),
        ("article-1", 1),
    ]
    assert [[line.state for line in story.pending] for story in board.stories()] == [
        ["undecided"],
        ["undecided"],
    ]


def test_a_rule_is_named_once_with_its_deciding_sentence() -> None:
    """The most urgent rule first, however many articles it fired on."""
    alerts = (
        an_alert(1),
        an_alert(2),
        replace(
            an_alert(1),
            alert_id="launch-1",
            rule_id="launch",
            rule_title="A launch",
            severity=Severity.CRITICAL,
        ),
    )
    story = the_story(
        a_board(
            *(matched_at(alert, number) for number, alert in enumerate(alerts)),
            recorded(a_story_notification(*alerts), 9),
        )
    )
    assert [(rule.id, rule.severity, rule.articles) for rule in story.rules] == [
        ("launch", "critical", 1),
        ("summit", "high", 2),
    ]
    assert all(rule.sentence and rule.sentence.parts for rule in story.rules)


def test_the_timeline_says_who_was_told_what_and_when() -> None:
    """First, an update, a correction without an alert, and at the other destination only folded."""
    one, two = an_alert(1, destinations=("slack:newsroom", DESK)), an_alert(2)
    first = a_story_notification(one)
    desk = a_story_notification(one, destination=DESK)
    update = a_story_notification(two, kind="update", new_sentences=("They signed.",))
    correction = a_story_notification(
        kind="correction",
        notification_id="correction",
        articles=(an_article(one),),
        changes=(TextChange(field="body", before="on 11 June", after="on 12 June"),),
    )
    board = a_board(
        matched_at(one, 1),
        matched_at(two, 2),
        recorded(first, 3),
        recorded(desk, 3),
        recorded(update, 60),
        recorded(correction, 90),
        recorded(a_delivery(first), 4),
        recorded(a_delivery(desk, DeliveryState.PARKED, answer="404"), 4),
    )
    story = the_story(board)
    assert steps(story) == [
        ("notified", "first", 1),
        ("notified", "update", 1),
        ("notified", "correction", 1),
    ]
    assert states(story.timeline[0]) == [("slack:newsroom", "delivered"), (DESK, "parked")]
    assert story.timeline[1].new_sentences == ("They signed.",)
    assert story.timeline[2].changes[0].after == "on 12 June"
    assert story.order == START_MS + 90_000
    assert story.pending == ()


def test_a_correction_on_which_no_rule_fires_changes_its_story() -> None:
    """The page is sent the story anew, although no alert is in the notification."""
    one = an_alert(1)
    board = a_board(matched_at(one, 1))
    correction = a_story_notification(kind="correction", articles=(an_article(one),))
    assert board.take(recorded(correction, 2)) == (one.alert_id,)
    assert board.take(recorded(a_delivery(correction), 3)) == (one.alert_id,)


def test_folded_articles_are_one_step_with_their_number() -> None:
    """Twelve reprints are not twelve lines; what is folded keeps its outcome once it is closed."""
    alerts = [an_alert(number) for number in range(13)]
    first = a_story_notification(alerts[0], story=0)
    folded = [
        a_story_notification(
            alert,
            story=0,
            kind="update",
            outcome=AlertOutcome.FOLDED,
            reason="says nothing new",
            folded=number,
        )
        for number, alert in enumerate(alerts[1:], 1)
    ]
    board = a_board(*(matched_at(alert, 1) for alert in alerts), recorded(first, 2))
    for number, each in enumerate(folded):
        board.take(recorded(each, 3 + number))
        board.take(recorded(a_delivery(each, DeliveryState.CLOSED, answer=each.reason), 4 + number))
    story = the_story(board)
    assert steps(story) == [("notified", "first", 1), ("folded", "update", 12)]
    assert states(story.timeline[1]) == [("slack:newsroom", "folded")]
    assert story.folded == 12


def test_what_is_silenced_or_muted_is_a_step_for_each_reason() -> None:
    """Who silenced it is said once, whatever the number of articles."""
    alerts = [an_alert(number) for number in range(4)]
    why = (
        "silenced by ann: known",
        "silenced by ann: known",
        "silenced by bob: later",
        "muted: night",
    )
    board = a_board(*(matched_at(alert, 1) for alert in alerts))
    for number, (alert, reason) in enumerate(zip(alerts, why, strict=True)):
        outcome = AlertOutcome.MUTED if "muted" in reason else AlertOutcome.SILENCED
        fact = a_story_notification(alert, story=0, outcome=outcome, reason=reason)
        board.take(recorded(fact, 2 + number))
    assert [(entry.reason, entry.times) for entry in the_story(board).timeline] == [
        ("silenced by ann: known", 2),
        ("silenced by bob: later", 1),
        ("muted: night", 1),
    ]


def test_destinations_that_began_with_different_articles_share_a_card() -> None:
    """Each destination gathers its own stories; an article in both makes them one here."""
    one, two = an_alert(1), an_alert(2)
    board = a_board(matched_at(one, 1), matched_at(two, 2))
    board.take(recorded(a_story_notification(two, story=2, destination=DESK), 3))
    assert len(board.stories()) == 2
    board.take(recorded(a_story_notification(one, two, story=1), 4))
    story = the_story(board)
    assert (story.id, story.replaces) == ("article-1", ("article-2",))


@pytest.mark.parametrize("kind", ["burst", "digest"])
def test_a_burst_or_a_digest_makes_no_story(kind: str) -> None:
    """It tells of several; each of them shows it."""
    one, two = an_alert(1), an_alert(2)
    message = a_story_notification(one, two, kind=kind, story_id="burst")
    board = a_board(matched_at(one, 1), matched_at(two, 2), recorded(message, 3))
    assert [steps(story) for story in board.stories()] == [[("notified", kind, 1)]] * 2


def test_the_sources_are_those_of_the_longest_list() -> None:
    """A reprint adds none, and a late record takes none away."""
    one, two = an_alert(1), an_alert(2)
    board = a_board(
        matched_at(one, 1),
        matched_at(two, 1),
        recorded(a_story_notification(one, two, kind="update", sources=("AFP", "Yonhap")), 5),
        recorded(a_story_notification(one, sources=("AFP",)), 3),
    )
    assert the_story(board).sources == ("AFP", "Yonhap")


def _some_records() -> list[BoardRecord]:
    alerts = [an_alert(number, destinations=("slack:newsroom", DESK)) for number in range(4)]
    first = a_story_notification(alerts[0], alerts[1], story=0)
    desk = a_story_notification(alerts[1], story=1, destination=DESK)
    folded = a_story_notification(alerts[2], story=0, outcome=AlertOutcome.FOLDED, kind="update")
    apart = a_story_notification(alerts[3], story=3)
    return [
        *(matched_at(alert, number) for number, alert in enumerate(alerts)),
        *(recorded(each, 10 + n) for n, each in enumerate((first, desk, folded, apart))),
        recorded(a_delivery(first), 20),
        recorded(a_delivery(folded, DeliveryState.CLOSED), 21),
    ]


@settings(max_examples=60)
@given(order=st.permutations(range(len(_some_records()))))
def test_every_order_of_arrival_gives_the_same_stories(order: list[int]) -> None:
    """The topics are read independently of one another."""
    records = _some_records()
    assert a_board(*(records[number] for number in order)).stories() == a_board(*records).stories()


def test_a_story_is_bounded() -> None:
    """A hostile notification, and a story that is told of all night, cost the page little."""
    alerts = [an_alert(number, severity=Severity.LOW) for number in range(ALERTS + 9)]
    board = a_board(*(matched_at(alert, 1) for alert in alerts))
    for number in range(TIMELINE + 5):
        board.take(
            recorded(
                a_story_notification(
                    *alerts,
                    story=0,
                    kind="update",
                    notification_id=f"n{number}",
                    reason=str(number),
                ),
                number,
            )
        )
    story = the_story(board)
    assert (len(story.alerts), story.more_alerts) == (ALERTS, 9)
    assert (len(story.timeline), story.earlier) == (TIMELINE, 5)
    huge = a_notification(
        an_alert(1),
        new_sentences=("x" * 100_000,) * 50,
        changes=(TextChange(field="body", before="y" * 100_000, after=""),) * 50,
        sources=("z" * 1_000,) * 500,
    )
    summary = summarise_notification(huge, START_MS)
    assert len(summary.new_sentences) == SENTENCES
    assert len(repr(summary)) < 12_000

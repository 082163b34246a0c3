"""The life of a subscription: asked, verified, renewed, denied, failed, ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.push.websub import subscription as life
from services.fetcher.push.websub.discovery import HubLinks
from services.fetcher.push.websub.subscription_book import SubscriptionBook, build_subscription
from shared.messages.schemas import FeedSubscription

NOW = datetime(2018, 9, 11, 10, tzinfo=UTC)
FEED = "https://blog.example/feed?key=1"
LINKS = HubLinks(hubs=("https://hub.example/",), topic="https://blog.example/feed")
TWO = replace(LINKS, hubs=("https://hub.example/", "https://hub2.example/"))
TOKEN = "".join(f"{n:02x}" for n in range(48))


def asked() -> FeedSubscription:
    return life.begin(None, LINKS, FEED, NOW, TOKEN)


def intent(mode: str = "subscribe", **more: str) -> dict[str, str]:
    query = {"mode": mode, "topic": LINKS.topic, "challenge": "c", "lease_seconds": "3600"}
    return {f"hub.{name}": value for name, value in {**query, **more}.items()}


def active() -> FeedSubscription:
    verified = life.answer_intent(asked(), intent(), NOW)
    assert verified is not None
    return verified


def test_a_request_has_what_the_recommendation_wants() -> None:
    """An address and a secret of its own for each subscription, which nobody can guess."""
    form = life.request_form(asked(), "https://wire.example/push/")
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": LINKS.topic,
        "hub.callback": f"https://wire.example/push/websub/{TOKEN[:32]}",
        "hub.lease_seconds": "864000",
        "hub.secret": TOKEN[32:],
    }
    assert len(form["hub.secret"]) < 200
    assert TOKEN[32:] not in repr(asked())


def test_only_a_pending_request_is_verified() -> None:
    """Of this topic and mode, with a challenge; a second time it is none of ours."""
    for query in (
        intent(topic="https://other.example/"),
        intent(challenge=""),
        intent("unsubscribe"),
        intent("publish"),
        {},
    ):
        assert life.answer_intent(asked(), query, NOW) is None
    assert active().lease_until == NOW + timedelta(hours=1)
    assert life.answer_intent(active(), intent(), NOW) is None


@pytest.mark.parametrize(
    ("stated", "lease"),
    [
        ("3600", timedelta(hours=1)),
        ("0", timedelta(seconds=1)),
        ("99999999999999", life.LEASE),
        ("9999999999", life.LONGEST_LEASE),
        ("", life.LEASE),
        ("-5", life.LEASE),
        ("٣", life.LEASE),
    ],
)
def test_the_hub_decides_about_the_lease(stated: str, lease: timedelta) -> None:
    """Within reason; one that cannot be read is that which was asked for."""
    verified = life.answer_intent(asked(), intent(lease_seconds=stated), NOW)
    assert verified is not None
    assert verified.lease_until == NOW + lease


def test_a_lease_is_renewed_before_it_ends() -> None:
    """With the same callback and secret; meanwhile what is pushed is taken."""
    subscription = active()
    assert not life.is_due(subscription, LINKS, NOW + timedelta(minutes=44))
    later = NOW + timedelta(minutes=45)
    assert life.is_due(subscription, None, later)
    renewing = life.begin(subscription, LINKS, FEED, later, "0" * 96)
    assert (renewing.status, renewing.path) == ("renewing", subscription.path)
    assert renewing.secret == subscription.secret
    assert life.takes_content(renewing)
    again = life.answer_intent(renewing, intent(), later)
    assert again is not None
    assert again.lease_until == later + timedelta(hours=1)


def test_a_hub_that_fails_is_asked_more_and_more_seldom() -> None:
    """After a minute, two, four, up to six hours; one of several is replaced by the next."""
    subscription, waits = asked(), []
    for _ in range(12):
        subscription = life.fail(subscription, "x" * 1000)
        waits.append((life.next_request_at(subscription) - NOW) / timedelta(minutes=1))
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 360
    assert len(subscription.reason) <= 300
    second = life.begin(subscription, TWO, FEED, NOW, TOKEN)
    assert (second.hub, second.failures) == ("https://hub2.example/", 12)
    assert life.begin(life.fail(second, ""), TWO, FEED, NOW, TOKEN).hub == TWO.hubs[0]


def test_a_hub_that_never_verifies_has_failed() -> None:
    """Not before five minutes, though."""
    assert not life.has_timed_out(asked(), NOW + timedelta(minutes=4))
    assert life.has_timed_out(asked(), NOW + timedelta(minutes=5))
    assert not life.has_timed_out(active(), NOW + timedelta(days=1))


def test_a_denial_ends_it_for_a_day() -> None:
    """Whether it was pending or active."""
    for before in (asked(), active()):
        denied = life.answer_intent(before, intent("denied", reason="no"), NOW)
        assert denied is not None
        assert (denied.status, denied.reason, denied.lease_until) == ("denied", "no", None)
        assert not life.takes_content(denied)
        assert not life.is_due(denied, LINKS, NOW + timedelta(hours=23))
        assert life.is_due(denied, LINKS, NOW + timedelta(hours=24))


def test_another_topic_or_hub_is_subscribed_anew() -> None:
    """With another callback, so that the old hub's pushes can be told apart."""
    moved = replace(LINKS, topic="https://blog.example/atom")
    assert life.is_due(active(), moved, NOW)
    assert not life.is_due(active(), LINKS, NOW)
    assert not life.is_due(active(), None, NOW)
    anew = life.begin(active(), moved, FEED, NOW, "1" * 96)
    assert (anew.topic, anew.path, anew.status) == (moved.topic, "1" * 32, "pending")
    assert life.is_due(None, LINKS, NOW)
    assert not life.is_due(None, None, NOW)


def test_an_end_is_verified_like_a_beginning() -> None:
    """Only if it is ours; then the record is deleted."""
    ending = life.end(active(), NOW)
    assert life.request_form(ending, "https://wire.example")["hub.mode"] == "unsubscribe"
    assert life.answer_intent(ending, intent(), NOW) is None
    ended = life.answer_intent(ending, intent("unsubscribe"), NOW)
    assert ended is not None
    assert build_subscription("t", ended, now_ms=0).value is None
    assert build_subscription("t", ending, now_ms=0).value is not None
    assert {build_subscription("t", each, now_ms=0).partition for each in (ended, ending)} == {0}


def test_the_book_knows_feeds_and_callbacks() -> None:
    """The latest record counts; a tombstone, or what cannot be read, is none."""
    book = SubscriptionBook()
    for each in (asked(), active(), replace(active(), path="a" * 32)):
        write = build_subscription("t", each, now_ms=0)
        book.apply(write.key or b"", write.value)
    assert book.at_path(TOKEN[:32]) is None
    assert book.at_path("a" * 32) == book.of_feed(FEED)
    assert book.count() == {"active": 1}
    for value in (b"{}", None):
        book.put(active())
        book.apply(FEED.encode(), value)
        assert (book.of_feed(FEED), book.at_path(TOKEN[:32]), list(book)) == (None, None, [])

"""The life of a subscription: asked for, verified by its hub, renewed, ended. Pure.

https://www.w3.org/TR/websub/#subscriber-sends-subscription-request
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.fetcher.push.websub.discovery import HubLinks
from shared.messages.schemas import FeedSubscription

LEASE: Final = timedelta(days=10)
"""What is asked for, and what counts if the hub states none."""
LONGEST_LEASE: Final = timedelta(days=30)
VERIFIED_WITHIN: Final = timedelta(minutes=5)
"""A hub that has not verified by then has failed."""
RENEWED_AT: Final = 0.75
"""Of its lease, a subscription is renewed."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
DENIED_WAIT: Final = timedelta(days=1)
_REASON: Final = 300
_SUBSCRIBING: Final = ("pending", "active", "renewing")


def begin(
    before: FeedSubscription | None, links: HubLinks, feed: str, now: datetime, token: str
) -> FeedSubscription:
    """Return the subscription that is about to be asked for.

    A renewal keeps callback and secret, so that the hub replaces its subscription instead of adding
    one; after a failure the feed's next hub is asked. ``token``: 96 random hexadecimal digits.
    """
    if before and before.hub in links.hubs and before.topic == links.topic:
        if before.status != "failed" or len(links.hubs) == 1:
            is_active = before.status in ("active", "renewing") and is_leased(before, now)
            return replace(before, status="renewing" if is_active else "pending", asked_at=now)
        hub = links.hubs[(links.hubs.index(before.hub) + 1) % len(links.hubs)]
    else:
        hub = links.hubs[0]
    return FeedSubscription(
        feed=feed,
        hub=hub,
        topic=links.topic,
        path=token[:32],
        secret=token[32:],
        status="pending",
        asked_at=now,
        failures=before.failures if before else 0,
    )


def links_of(subscription: FeedSubscription) -> HubLinks:
    """Return the links that a subscription was made for."""
    return HubLinks(hubs=(subscription.hub,), topic=subscription.topic)


def has_timed_out(subscription: FeedSubscription, now: datetime) -> bool:
    """Return whether the hub has not verified a request in time."""
    is_waiting = subscription.status in ("pending", "renewing")
    return is_waiting and now >= subscription.asked_at + VERIFIED_WITHIN


def is_due(subscription: FeedSubscription | None, links: HubLinks | None, now: datetime) -> bool:
    """Return whether the hub is to be asked now.

    ``links``: what the feed says at present, None if that is not known.
    """
    if subscription is None:
        return links is not None
    if links and (subscription.topic != links.topic or subscription.hub not in links.hubs):
        return True
    return now >= next_request_at(subscription)


def next_request_at(subscription: FeedSubscription) -> datetime:
    """Return when to ask the hub the next time."""
    asked_at = subscription.asked_at
    if subscription.status == "active" and subscription.lease_until is not None:
        verified_at = subscription.verified_at or asked_at
        return verified_at + (subscription.lease_until - verified_at) * RENEWED_AT
    if subscription.status == "denied":
        return asked_at + DENIED_WAIT
    wait = FIRST_WAIT * int(2 ** min(max(subscription.failures - 1, 0), 20))
    if subscription.status == "failed":
        return asked_at + min(wait, LONGEST_WAIT)
    return asked_at + VERIFIED_WITHIN


def is_leased(subscription: FeedSubscription, now: datetime) -> bool:
    """Return whether the hub has promised to push at this time."""
    return subscription.lease_until is not None and now < subscription.lease_until


def takes_content(subscription: FeedSubscription) -> bool:
    """Return whether what the hub pushes is wanted; also shortly after the lease."""
    return subscription.status in _SUBSCRIBING or subscription.lease_until is not None


def fail(subscription: FeedSubscription, reason: str) -> FeedSubscription:
    """Return the subscription after a request that the hub has not accepted."""
    return replace(
        subscription,
        status="failed",
        failures=subscription.failures + 1,
        reason=reason[:_REASON],
    )


def answer_intent(
    subscription: FeedSubscription, query: Mapping[str, str], now: datetime
) -> FeedSubscription | None:
    """Return the subscription that a hub's GET leads to, None if it is to be answered by 404.

    The hub asks whether a request is ours (``hub.mode`` subscribe, unsubscribe), or denies one.
    """
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if not hmac.compare_digest(topic.encode(), subscription.topic.encode()):
        return None
    if mode == "denied":
        reason = query.get("hub.reason", "")[:_REASON]
        return replace(subscription, status="denied", lease_until=None, reason=reason)
    if not query.get("hub.challenge"):
        return None
    if mode == "subscribe" and subscription.status in ("pending", "renewing"):
        return replace(
            subscription,
            status="active",
            verified_at=now,
            lease_until=now + _lease(query.get("hub.lease_seconds", "")),
            failures=0,
            reason="",
        )
    if mode == "unsubscribe" and subscription.status == "ending":
        return replace(subscription, status="ended", lease_until=None)
    return None


def end(subscription: FeedSubscription, now: datetime) -> FeedSubscription:
    """Return the subscription that is about to be cancelled."""
    return replace(subscription, status="ending", asked_at=now)


def request_form(subscription: FeedSubscription, base_url: str) -> dict[str, str]:
    """Return the form to post to the hub."""
    form = {
        "hub.mode": "unsubscribe" if subscription.status == "ending" else "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": f"{base_url.rstrip('/')}/websub/{subscription.path}",
    }
    if subscription.status != "ending":
        form["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
        form["hub.secret"] = subscription.secret
    return form


def _lease(text: str) -> timedelta:
    if not text.isascii() or not text.isdecimal() or len(text) > len("9999999999"):
        return LEASE
    return min(timedelta(seconds=max(int(text), 1)), LONGEST_LEASE)

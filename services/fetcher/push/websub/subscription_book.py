"""All subscriptions, by feed and by callback, as subscriptions.v1 has them. Pure."""

from collections import Counter
from collections.abc import Iterator

from shared.base.outcomes import InvalidMessage
from shared.kafka.transaction import Write
from shared.messages import codec
from shared.messages.own_record import build_record
from shared.messages.schemas import FeedSubscription


class SubscriptionBook:
    """The latest subscription of each feed."""

    def __init__(self) -> None:
        self._by_feed: dict[str, FeedSubscription] = {}
        self._by_path: dict[str, str] = {}

    def __iter__(self) -> Iterator[FeedSubscription]:
        return iter(list(self._by_feed.values()))

    def of_feed(self, feed: str) -> FeedSubscription | None:
        """Return the subscription to a feed."""
        return self._by_feed.get(feed)

    def at_path(self, path: str) -> FeedSubscription | None:
        """Return the subscription whose callback ends with this path."""
        return self._by_feed.get(self._by_path.get(path, ""))

    def put(self, subscription: FeedSubscription) -> None:
        """Replace the subscription of a feed; one that has ended is removed."""
        before = self._by_feed.pop(subscription.feed, None)
        if before is not None:
            self._by_path.pop(before.path, None)
        if subscription.status != "ended":
            self._by_feed[subscription.feed] = subscription
            self._by_path[subscription.path] = subscription.feed

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Apply one record; one that cannot be read counts as none."""
        try:
            self.put(codec.decode(value, FeedSubscription))
        except InvalidMessage:
            subscription = self._by_feed.pop(key.decode("utf-8", "replace"), None)
            if subscription is not None:
                self._by_path.pop(subscription.path, None)

    def count(self) -> Counter[str]:
        """Return the number of subscriptions by status."""
        return Counter(subscription.status for subscription in self._by_feed.values())


def build_subscription(topic: str, subscription: FeedSubscription, *, now_ms: int) -> Write:
    """Build the record of a subscription; a tombstone if it has ended.

    It goes to the partition that every replica reads, however many the topic was created with.
    ``topic`` is the cluster's name of subscriptions.v1, ``now_ms`` the time in Unix ms.
    """
    is_over = subscription.status == "ended"
    return build_record(
        topic,
        subscription.feed.encode(),
        None if is_over else subscription,
        ce_source="fetcher",
        now_ms=now_ms,
        partition=0,
    )

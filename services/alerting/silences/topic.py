"""silences.v1 and feedback.v1 as a process that delivers reads them."""

from services.alerting.silences.silence_book import SilenceBook
from shared.base import metrics
from shared.base.log import get
from shared.feedback.feedback_book import FeedbackBook
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDBACK, SILENCES
from shared.stream.followed_topic import FollowedTopic

log = get(__name__)


class SilencesTopic(FollowedTopic):
    """A component that keeps ``book`` up to date: nothing is told that somebody has silenced."""

    def __init__(self, cluster: Cluster) -> None:
        self.book = SilenceBook()
        super().__init__(cluster, SILENCES.name, self._take)

    def _take(self, key: bytes, value: bytes | None) -> None:
        self.book.apply(key, value)
        if because := self.book.unreadable.get(key):
            log.error("a silence cannot be read", silence=key.decode(), because=because)
        metrics.SILENCES.set(len(self.book.silences))


class FeedbackTopic(FollowedTopic):
    """A component that keeps ``book`` up to date: what is acknowledged is not escalated."""

    def __init__(self, cluster: Cluster) -> None:
        self.book = FeedbackBook()
        super().__init__(cluster, FEEDBACK.name, self._take)

    def _take(self, key: bytes, value: bytes | None) -> None:
        self.book.apply(key, value)
        if because := self.book.unreadable.get(key):
            log.error("feedback cannot be read", feedback=key.decode(), because=because)
        metrics.FEEDBACK.set(len(self.book))

"""Count and log what one destination's notifications come to."""

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.table import describe_missing_address
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.ledger.policy import is_marked
from services.alerting.reasons import ParkingReason
from shared.base import metrics
from shared.base.log import get
from shared.messages import headers
from shared.messages.schemas import Delivery

log = get(__name__)


class DeliveryReport:
    """Counts and logs for one destination."""

    def __init__(self, destination: str, channel_name: str, context: DeliveryContext) -> None:
        self._destination, self._channel_name, self._context = destination, channel_name, context

    def note_address(self, *, is_missing: bool) -> None:
        """Count the destination if it has no address; warn of it once."""
        missing = self._context.without_address
        if is_missing and self._destination not in missing:
            because = describe_missing_address(self._destination)
            log.warning("messages wait", destination=self._destination, because=because)
        (missing.add if is_missing else missing.discard)(self._destination)
        of_channel = sum(name.partition(":")[0] == self._channel_name for name in missing)
        metrics.WITHOUT_ADDRESS.labels(self._channel_name).set(of_channel)

    def count(self, outcome: str) -> None:
        """Count a notification's outcome."""
        metrics.DELIVERIES.labels(self._channel_name, outcome).inc()

    def count_parked(self, reason: ParkingReason) -> None:
        """Count why a notification is parked."""
        metrics.PARKED.labels(self._channel_name, reason.label).inc()

    def report_answer(self, item: QueuedNotification, entry: Delivery, answer: Answer) -> None:
        """Count and log an answer."""
        is_accepted = answer.verdict is Verdict.ACCEPTED
        is_repeat = is_accepted and is_marked(entry)
        self.count("accepted_marked" if is_repeat else str(answer.verdict))
        rate_limits = self._context.rate_limits.items()
        is_open = (
            limit.open_until is not None
            for (channel, _), limit in rate_limits
            if channel == self._channel_name
        )
        metrics.CIRCUITS_OPEN.labels(self._channel_name).set(sum(is_open))
        times = headers.latency_record(item.headers)
        if is_accepted and times and headers.REPLAY_ID not in item.headers:
            hop_s = (self._context.now_ms() - list(times.values())[-1]) / 1000
            metrics.HOP_SECONDS.labels("delivered").observe(max(0.0, hop_s))
        write = log.info if is_accepted else log.warning
        write(
            "posted",
            destination=entry.destination,
            notification=entry.notification_id,
            answer=answer.detail,
            verdict=str(answer.verdict),
        )

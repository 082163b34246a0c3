"""What alerting does to a message, in order. Read this file first.

articles.tagged.v1 → match → alerts.v1 → notify → notifications.v1 → deliver → people

app.py builds the process from ``STAGES``. Each stage is a consumer group of its own, so they run in
one process or in several: ``summitwire run alerting --only match``.
"""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from services.alerting.deliver.deliverer import Deliverer
from services.alerting.match.match import match_article
from services.alerting.notify.burst_notifications import decide
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    HITS,
    NOTIFICATIONS,
    Topic,
)

Step_co = TypeVar("Step_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStage(Generic[Step_co]):
    """One stage: ``step`` handles the records of ``source``; what it writes, the next stage reads.

    ``state`` is the compacted topic that it remembers things in. It has as many partitions as
    ``source``.
    """

    name: str
    source: Topic
    step: Step_co
    state: Topic | None = None


STAGES: Final = (
    PipelineStage(name="match", source=ARTICLES_TAGGED, step=match_article),
    PipelineStage(name="notify", source=ALERTS, step=decide, state=HITS),
    PipelineStage(name="deliver", source=NOTIFICATIONS, step=Deliverer, state=DELIVERIES),
)
MATCH, NOTIFY, DELIVER = STAGES

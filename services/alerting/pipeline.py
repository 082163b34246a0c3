"""What alerting does to a message, in order. Read this file first.

articles.tagged.v1 → match → dispatches.v1 → deliver → people
                           → alerts.v1 → count → dispatches.v1

app.py builds the process from ``STAGES``. Each stage is a consumer group of its own, so they run in
one process or in several: ``summitwire run alerting --only match``.
"""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from services.alerting.count.burst_dispatches import decide
from services.alerting.deliver.deliverer import Deliverer
from services.alerting.match.match import match_article
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    HITS,
    RECIPIENTS,
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
    PipelineStage(name="match", source=ARTICLES_TAGGED, step=match_article, state=RECIPIENTS),
    PipelineStage(name="count", source=ALERTS, step=decide, state=HITS),
    PipelineStage(name="deliver", source=DISPATCHES, step=Deliverer, state=DELIVERIES),
)
MATCH, COUNT, DELIVER = STAGES

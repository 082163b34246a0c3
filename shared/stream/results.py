"""Turn outcomes into what is written for them: outputs with headers, and dead letters.

Each outcome is counted once.
"""

import functools
from collections.abc import Sequence
from typing import Any

from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import Drop
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic, find_topic
from shared.kafka.transaction import Unwritable, Write
from shared.messages import headers
from shared.stream.dead_letters import MAX_BYTES, SMALL_BYTES, dead_letter, fingerprint
from shared.stream.output import Output
from shared.stream.work import DeadLettered, NotStarted, Outcome, Processed, Retry

log = get(__name__)


class Results:
    """Builds the writes for one stage's outcomes.

    ``checkpoint`` is the stage's entry in the latency record, e.g. ``t-cleaned``.
    """

    def __init__(
        self, cluster: Cluster, *, stage: str, source: Topic, checkpoint: str | None
    ) -> None:
        self._cluster, self._stage, self._source = cluster, stage, source
        self._checkpoint = checkpoint
        self._hop = (checkpoint or "").removeprefix("t-")
        self._targets: dict[str, tuple[str, str]] = {}

    def writes(
        self, records: Sequence[Any], outcomes: Sequence[Outcome], now_ms: int
    ) -> list[Write]:
        """Return the writes for a batch's finished records, in order; Unwritable if one fails."""
        try:
            return [
                write
                for record, outcome in zip(records, outcomes, strict=True)
                for write in self._record_writes(record, outcome, now_ms)
            ]
        except AssertionError:
            raise
        except Exception as error:  # whatever a record's headers provoke
            raise Unwritable(str(error) or type(error).__name__) from error

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Count a batch's outcomes; call it once they are committed."""
        for label, kind in (("done", Processed), ("dropped", Drop), ("dead", DeadLettered)):
            if number := sum(isinstance(outcome, kind) for outcome in outcomes):
                _records_counter(self._stage, label).inc(number)
        for outcome in outcomes:
            if isinstance(outcome, Drop):
                metrics.DROPS.labels(self._stage, str(outcome.reason)).inc()
            elif isinstance(outcome, DeadLettered):
                metrics.DEAD_LETTERS.labels(self._stage, outcome.error).inc()

    def _record_writes(self, record: Any, outcome: Outcome, now_ms: int) -> Sequence[Write]:
        if isinstance(outcome, Processed):
            return self._outputs(record, outcome.outputs, now_ms) if outcome.outputs else ()
        if isinstance(outcome, DeadLettered):
            return [self._dead_letter(record, outcome)]
        assert not isinstance(outcome, Retry | NotStarted)  # noqa: S101 - they are not committed
        return ()

    def _outputs(self, record: Any, outputs: Sequence[Output], now_ms: int) -> list[Write]:
        if self._checkpoint is not None:
            seconds = headers.hop_s(record.headers, self._checkpoint, now_ms)
            if seconds is not None:
                _hop_histogram(self._hop).observe(max(0.0, seconds))
        return [self._output(record.headers, output, now_ms) for output in outputs]

    def _output(self, incoming: headers.RawHeaders, output: Output, now_ms: int) -> Write:
        topic, ce_type = self._target(output.topic)
        outgoing = headers.build_outgoing(
            incoming,
            value=output.value,
            ce_type=ce_type,
            ce_source=self._stage,
            checkpoint=self._checkpoint,
            now_ms=now_ms,
        )
        return Write(topic, output.key, output.value, outgoing)

    def _target(self, topic: str) -> tuple[str, str]:
        """Return a topic's name on the cluster and the type of its messages."""
        if topic not in self._targets:
            message_type = f"{find_topic(topic).message.__name__}.v1"
            self._targets[topic] = self._cluster.name(topic), message_type
        return self._targets[topic]

    def _dead_letter(self, record: Any, outcome: DeadLettered) -> Write:
        # The log is rate limited by fingerprint: a topic full of one mistake is a few lines and a
        # count.
        log.warning(
            "dead letter",
            stage=self._stage,
            offset=record.offset,
            partition=record.partition,
            fingerprint=fingerprint(self._stage, outcome),
            error=outcome.message,
        )
        return dead_letter(
            record,
            topic=self._source.name,
            stage=self._stage,
            reason=outcome,
            dead_letter_topic=self._cluster.name(self._source.dead_letters),
            max_bytes=SMALL_BYTES if outcome.small else MAX_BYTES,
        )


@functools.cache
def _records_counter(stage: str, outcome: str) -> Any:
    return metrics.RECORDS.labels(stage, outcome)


@functools.cache
def _hop_histogram(hop: str) -> Any:
    return metrics.HOP_SECONDS.labels(hop)

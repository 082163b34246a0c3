"""From how a record ended to what is written for it: outputs with their headers, or a dead letter; and every ending counted once."""

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
from shared.stream.work import DeadLettered, NotStarted, Outcome, Output, Processed, Retry

log = get(__name__)


class Results:
    """Writes for one stage's endings. ``station`` is its entry in the latency ledger, e.g. ``t-cleaned``."""

    def __init__(
        self, cluster: Cluster, *, stage: str, source: Topic, checkpoint: str | None
    ) -> None:
        self._cluster, self._stage, self._source, self._station = cluster, stage, source, checkpoint
        self._hop = (checkpoint or "").removeprefix("t-")
        self._targets: dict[str, tuple[str, str]] = {}

    def writes(
        self, records: Sequence[Any], endings: Sequence[Outcome], now_ms: int
    ) -> list[Write]:
        """What a batch's finished records lead to, in their order. Unwritable where that cannot be made."""
        try:
            return [
                write
                for record, end in zip(records, endings, strict=True)
                for write in self._of(record, end, now_ms)
            ]
        except AssertionError:
            raise
        except Exception as error:  # whatever a record's headers provoke
            raise Unwritable(str(error) or type(error).__name__) from error

    def count(self, endings: Sequence[Outcome]) -> None:
        """Count a batch's endings; call it once they are committed."""
        for outcome, kind in (("done", Processed), ("dropped", Drop), ("dead", DeadLettered)):
            if number := sum(isinstance(end, kind) for end in endings):
                _records(self._stage, outcome).inc(number)
        for end in endings:
            if isinstance(end, Drop):
                metrics.DROPS.labels(self._stage, str(end.reason)).inc()
            elif isinstance(end, DeadLettered):
                metrics.DEAD_LETTERS.labels(self._stage, end.error).inc()

    def _of(self, record: Any, end: Outcome, now_ms: int) -> Sequence[Write]:
        if isinstance(end, Processed):
            return self._outputs(record, end.outputs, now_ms) if end.outputs else ()
        if isinstance(end, DeadLettered):
            return [self._dead_letter(record, end)]
        assert not isinstance(end, Retry | NotStarted)  # noqa: S101 - these never reach a commit
        return ()

    def _outputs(self, record: Any, outputs: Sequence[Output], now_ms: int) -> list[Write]:
        if self._station is not None:
            self._observe_hop(headers.hop_s(record.headers, self._station, now_ms))
        return [self._output(record.headers, output, now_ms) for output in outputs]

    def _output(self, incoming: headers.RawHeaders, output: Output, now_ms: int) -> Write:
        topic, ce_type = self._target(output.topic)
        told = headers.build_outgoing(
            incoming,
            value=output.value,
            ce_type=ce_type,
            ce_source=self._stage,
            checkpoint=self._station,
            now_ms=now_ms,
        )
        return Write(topic, output.key, output.value, told)

    def _target(self, topic: str) -> tuple[str, str]:
        """A topic's name on the cluster, and the type of its messages."""
        if topic not in self._targets:
            self._targets[topic] = (
                self._cluster.name(topic),
                f"{find_topic(topic).message.__name__}.v1",
            )
        return self._targets[topic]

    def _observe_hop(self, seconds: float | None) -> None:
        if seconds is not None:
            _hop_seconds(self._hop).observe(max(0.0, seconds))

    def _dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        known_as = fingerprint(
            self._stage, reason
        )  # the log limits lines by it: a topic full of one mistake is a few lines and a count
        log.warning(
            "dead letter",
            stage=self._stage,
            offset=record.offset,
            partition=record.partition,
            fingerprint=known_as,
            error=reason.message,
        )
        most = SMALL_BYTES if reason.small else MAX_BYTES
        name = self._cluster.name(self._source.dead_letters)
        return dead_letter(
            record,
            topic=self._source.name,
            stage=self._stage,
            reason=reason,
            dead_letter_topic=name,
            most=most,
        )


@functools.cache
def _records(stage: str, outcome: str) -> Any:
    return metrics.RECORDS.labels(stage, outcome)


@functools.cache
def _hop_seconds(hop: str) -> Any:
    return metrics.HOP_SECONDS.labels(hop)

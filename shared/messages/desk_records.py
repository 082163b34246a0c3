"""Records of what people decide at the board or in a terminal: feedback and silences. Pure."""

from datetime import datetime

from shared.kafka.transaction import Write
from shared.messages.own_record import build_record
from shared.messages.schemas import Feedback, Silence


def build_feedback_record(
    topic: str, feedback: Feedback, *, ce_source: str, now: datetime
) -> Write:
    """Build the record of feedback; ``topic`` is the cluster's name of feedback.v1."""
    return _build(topic, feedback.feedback_id, feedback, ce_source, now)


def build_silence_record(topic: str, silence: Silence, *, ce_source: str, now: datetime) -> Write:
    """Build the record of a silence; ``topic`` is the cluster's name of silences.v1."""
    return _build(topic, silence.silence_id, silence, ce_source, now)


def _build(
    topic: str, key: str, message: Feedback | Silence, ce_source: str, now: datetime
) -> Write:
    now_ms = int(now.timestamp() * 1000)
    return build_record(
        topic, key.encode(), message, ce_source=ce_source, now_ms=now_ms, partition=0
    )

"""Put each pushed article on articles.raw once, and write the receipt that its sender waits for.

The handler of the stage from pushes.v1: article, receipt and offset are one transaction. All pushes
of a source go through one partition, so whatever process was posted to, they are in order and a key
is judged once. Pure.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import PushReceipt, PushRequest, RawArticle
from shared.stream.output import Output, output
from shared.stream.state_store import StateStore

EXPIRED_AT_ONCE: Final = 3
"""Each article removes up to so many expired receipts, so that their number cannot grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLimits:
    """How many receipts of a source are remembered, and how long.

    ``keys_last``: longer than any client retries. At 300 bytes each, ``keys`` need 15 MB.
    ``answers_last``: much longer than a request waits for its answer.
    """

    keys: int = 50_000
    keys_last: timedelta = timedelta(days=1)
    answers: int = 5_000
    answers_last: timedelta = timedelta(minutes=5)


LIMITS: Final = ReceiptLimits()
_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)


def answer_key(source: str, request: str) -> bytes:
    """Return the key of the receipt that answers a request."""
    return f"{source}/answer/{request}".encode()


def answered_request(key: bytes | None) -> str | None:
    """Return the request that a record of receipts.v1 answers; None if it answers none."""
    _, kind, request = ((key or b"").decode("utf-8", "replace") + "//").split("/")[:3]
    return request if kind == "answer" and request else None


def fingerprint_of(article: RawArticle) -> str:
    """Return the hash of what was sent, whenever that was and however its JSON is written."""
    content = article.content
    if article.content_type.partition(";")[0].strip().lower().endswith("json"):
        content = orjson.dumps(orjson.loads(content), option=orjson.OPT_SORT_KEYS)
    return content_id("push", codec.encode(replace(article, content=content, fetched_at=_NO_TIME)))


def take_push(
    value: bytes | None, state: StateStore, limits: ReceiptLimits = LIMITS
) -> list[Output]:
    """Return the record for articles.raw, unless it is there already; InvalidMessage if broken."""
    push = codec.decode(value, PushRequest)
    key = f"{push.source}/key/{push.idempotency_key}".encode() if push.idempotency_key else None
    before = _first_receipt(state, key)
    receipt = _judge(push, before)
    answer = codec.encode(receipt)
    state.set(answer_key(push.source, push.request), answer)
    if key is not None and before is None:
        state.set(key, answer)
    now, source = push.article.fetched_at, push.source.encode()
    _expire(state, source + b"/answer", now - limits.answers_last, limits.answers)
    _expire(state, source + b"/key", now - limits.keys_last, limits.keys)
    return [output(ARTICLES_RAW, push.article)] if receipt.outcome == "accepted" else []


def _judge(push: PushRequest, before: PushReceipt | None) -> PushReceipt:
    is_other = before is not None and before.fingerprint != push.fingerprint
    return PushReceipt(
        request=push.request,
        source=push.source,
        fingerprint=push.fingerprint,
        outcome="conflict" if is_other else "repeated" if before else "accepted",
        uri=before.uri if before else push.article.uri,
        accepted_at=before.accepted_at if before else push.article.fetched_at,
        answered_at=push.article.fetched_at,
    )


def _first_receipt(state: StateStore, key: bytes | None) -> PushReceipt | None:
    value = state.get(key) if key is not None else None
    if value is None:
        return None
    try:
        return codec.decode(value, PushReceipt)
    except InvalidMessage:
        return None


def _expire(state: StateStore, group: bytes, before: datetime, limit: int) -> None:
    """Remove the oldest entries of a group, as far as they are too old or too many."""
    surplus = state.group_size(group) - limit
    oldest = [key for key, _ in zip(state.oldest(group), range(EXPIRED_AT_ONCE), strict=False)]
    for number, key in enumerate(oldest):
        receipt = _first_receipt(state, key)
        if number >= surplus and receipt is not None and receipt.answered_at >= before:
            return
        state.set(key, None)

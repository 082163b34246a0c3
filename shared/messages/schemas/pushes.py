"""Articles that publishers push, on their way to articles.raw, and what became of each."""

from dataclasses import dataclass
from typing import Literal

from shared.messages.schemas.articles import RawArticle
from shared.messages.schemas.values import UtcTime

PushOutcome = Literal["accepted", "repeated", "conflict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """An article as a publisher posted it.

    ``request`` is a random id, by which the process that was posted to finds its receipt.
    ``idempotency_key`` is a hash of the publisher's key, and ``fingerprint`` one of what it sent.
    """

    request: str
    source: str
    fingerprint: str
    article: RawArticle
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReceipt:
    """What became of a posted article; ``request`` is its random id.

    It stands under two keys: that of the request, to answer it, and that of the idempotency key, to
    answer all that follow with it. A repetition has ``uri`` and ``accepted_at`` of the first one.
    A conflict has the key of another article, and is not accepted.
    """

    request: str
    source: str
    fingerprint: str
    outcome: PushOutcome
    uri: str
    accepted_at: UtcTime
    answered_at: UtcTime

"""articles.tagged.v1 → dispatches.v1: one record per article version and destination. Pure.

It has all alerts of the version for that destination. Who received an earlier version receives
each later one and a withdrawal, whether or not a rule still fires: they must know what changed.
Alerts of rules with a threshold are not sent here; count sends them once the threshold is met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from services.alerting.match.recipients import (
    add_recipients,
    load_recipients,
    revision_of,
    store_recipients,
)
from services.alerting.short_alert import shorten_alert
from services.alerting.urgency import urgency, urgent_first
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import (
    Alert,
    Dispatch,
    DispatchKind,
    FieldName,
    Recipient,
    Recipients,
    Span,
    TaggedArticle,
)
from shared.stream.state_store import StateStore

MAX_BODY: Final = 20_000
"""Characters of the body that a dispatch carries, up to a paragraph's end: stories need no more."""
MAX_TAGS: Final = 400
FULL_ALERTS_BYTES: Final = 400 * 1024
ALL_ALERTS_BYTES: Final = 650 * 1024
"""The most urgent alerts are whole, the next ones shortened, and the last left out but counted."""
_WITHDRAWN: Final = ("canceled", "withheld")


class _FieldSpan(Protocol):
    """A span of one of an article's fields."""

    @property
    def field(self) -> FieldName:
        """The field."""

    @property
    def end(self) -> int:
        """Where it ends."""


def plan_dispatches(
    article: TaggedArticle, alerts: Sequence[Alert], state: StateStore
) -> tuple[Dispatch, ...]:
    """Return the dispatches of one article version, and remember who receives it in ``state``.

    InvalidMessage if the article's entry in ``state`` cannot be decoded.
    """
    clean = article.article
    before = load_recipients(clean.article_id, state)
    after = add_recipients(before, clean, alerts)
    if after is None:
        return ()
    if after != before:
        store_recipients(after, state)
    by_destination = _group_by_destination(alerts)
    slim = slim_article(article)
    received = {each.destination: each for each in before.recipients} if before else {}
    dispatches = (
        _build_dispatch(slim, recipient, by_destination, received, before)
        for recipient in after.recipients
    )
    return tuple(dispatch for dispatch in dispatches if dispatch is not None)


def _group_by_destination(alerts: Sequence[Alert]) -> dict[str, list[Alert]]:
    groups: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=urgent_first):
        if alert.threshold is None:
            for destination in dict.fromkeys(alert.destinations):
                groups.setdefault(destination, []).append(alert)
    return groups


def _build_dispatch(
    article: TaggedArticle,
    recipient: Recipient,
    by_destination: Mapping[str, Sequence[Alert]],
    received: Mapping[str, Recipient],
    before: Recipients | None,
) -> Dispatch | None:
    alerts = by_destination.get(recipient.destination, ())
    earlier = received.get(recipient.destination)
    kind = _kind(article, earlier, before)
    if kind is None or (kind == "article" and not alerts):
        return None
    shown, omitted = fit_alerts(alerts)
    return Dispatch(
        dispatch_id=content_id(
            "dispatch",
            recipient.destination,
            article.article.article_id,
            revision_of(article.article),
            *(alert.alert_id for alert in alerts if kind != "withdrawal"),
        ),
        destination=recipient.destination,
        kind=kind,
        severity=max((recipient.severity, *(a.severity for a in alerts)), key=urgency),
        alerts=shown,
        article=article,
        omitted=omitted,
        only_if_notified=(kind != "article" and (earlier is None or earlier.counted)),
    )


def _kind(
    article: TaggedArticle, earlier: Recipient | None, before: Recipients | None
) -> DispatchKind | None:
    """Return what the version is to a destination; None if it is nothing to it."""
    clean = article.article
    if clean.pubstatus in _WITHDRAWN:
        return None if clean.pubstatus == "withheld" and earlier is None else "withdrawal"
    is_new = earlier is not None and revision_of(clean) not in earlier.revisions
    is_later = before is not None and clean.version > before.version
    return "revision" if is_new and is_later else "article"


def fit_alerts(
    alerts: Sequence[Alert], listed: Sequence[Alert] = ()
) -> tuple[tuple[Alert, ...], int]:
    """Return alerts, most urgent first, as far as they fit into a record, and how many do not.

    Those that are only ``listed`` follow, shortened.
    """
    fitting: list[Alert] = []
    size = 0
    for number, alert in enumerate((*alerts, *listed)):
        candidate = replace(alert, signature=())
        candidate_size = len(codec.encode(candidate))
        if number >= len(alerts) or size + candidate_size > FULL_ALERTS_BYTES:
            candidate = replace(shorten_alert(alert), signature=())
            candidate_size = len(codec.encode(candidate))
        if size + candidate_size > ALL_ALERTS_BYTES:
            break
        fitting.append(candidate)
        size += candidate_size
    return tuple(fitting), len(alerts) + len(listed) - len(fitting)


def slim_article(article: TaggedArticle) -> TaggedArticle:
    """Return the article without what only the cleaner and the tagger need, its body bounded."""
    clean = article.article
    end = _body_end(clean.paragraphs, len(clean.body))
    return replace(
        article,
        article=replace(
            clean,
            body=clean.body[:end],
            paragraphs=_spans_before(clean.paragraphs, end),
            sentences=_spans_before(clean.sentences, end),
            changes=tuple(change for change in clean.changes if _is_shown(change, end))[:MAX_TAGS],
            dropped=(),
            evidence={},
            findings=(),
            repeated=(),
            foreign=(),
        ),
        mentions=tuple(tag for tag in article.mentions if _is_shown(tag, end))[:MAX_TAGS],
        countries=tuple(tag for tag in article.countries if _is_shown(tag, end))[:MAX_TAGS],
        event_mentions=tuple(tag for tag in article.event_mentions if _is_shown(tag, end))[
            :MAX_TAGS
        ],
        keywords=(),
        events=(),
        scopes=(),
    )


def _body_end(paragraphs: Sequence[Span], length: int) -> int:
    if length <= MAX_BODY:
        return length
    return max((span.end for span in paragraphs if span.end <= MAX_BODY), default=MAX_BODY)


def _spans_before(spans: Sequence[Span], end: int) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.end <= end)


def _is_shown(tag: _FieldSpan, end: int) -> bool:
    """Return whether a span is in the headline, the deck or the part of the body that is kept."""
    return tag.field != "body" or tag.end <= end

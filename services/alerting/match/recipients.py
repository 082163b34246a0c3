"""Who was notified of an article: the state that corrections and withdrawals are sent by. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from services.alerting.urgency import urgency
from shared.messages import codec
from shared.messages.schemas import Alert, CleanArticle, Recipient, Recipients, Severity
from shared.stream.state_store import StateStore

MAX_REVISIONS: Final = 60
"""Revisions remembered per destination, the latest; a page that changes more often repeats none."""
MAX_ARTICLES: Final = 50_000
"""Articles remembered per partition: 25 MB. The topic's retention deletes them after 30 days."""
_FORGOTTEN_AT_ONCE: Final = 2


def load_recipients(article_id: str, state: StateStore) -> Recipients | None:
    """Return who was notified of an article, None if nobody was.

    InvalidMessage if the entry cannot be decoded.
    """
    value = state.get(article_id.encode())
    return None if value is None else codec.decode(value, Recipients)


def store_recipients(recipients: Recipients, state: StateStore) -> None:
    """Store an article's recipients, and forget the oldest articles if there are too many."""
    state.set(recipients.article_id.encode(), codec.encode(recipients))
    excess = state.size - MAX_ARTICLES
    for key in list(islice(state.oldest(), min(_FORGOTTEN_AT_ONCE, max(0, excess)))):
        state.set(key, None)


def revision_of(article: CleanArticle) -> str:
    """Return what tells the versions apart that a destination receives.

    A withdrawal may have the text, and so the revision, of the version that it takes back.
    """
    is_usable = article.pubstatus == "usable"
    return article.revision if is_usable else f"{article.pubstatus} {article.revision}"


def add_recipients(
    before: Recipients | None, article: CleanArticle, alerts: Sequence[Alert]
) -> Recipients | None:
    """Return the recipients after an article's version was sent; None if there are none."""
    known = {recipient.destination: recipient for recipient in before.recipients} if before else {}
    revision = revision_of(article)
    for destination, recipient in known.items():
        known[destination] = _receive(recipient, revision)
    for alert in alerts:
        counted = alert.threshold is not None or article.pubstatus != "usable"
        for destination in alert.destinations:
            recipient = known.get(destination) or Recipient(
                destination=destination,
                revisions=(revision,),
                severity=alert.severity,
                counted=counted,
            )
            known[destination] = replace(
                recipient,
                severity=_higher(recipient.severity, alert.severity),
                counted=recipient.counted and counted,
            )
    for alert in alerts:
        for destination in _escalation_destinations(alert):
            known.setdefault(destination, _not_yet(destination, alert, revision))
    if not known:
        return None
    return Recipients(
        article_id=article.article_id,
        version=max(article.version, before.version if before else 0),
        recipients=tuple(known.values()),
    )


def _escalation_destinations(alert: Alert) -> Iterator[str]:
    """Yield who is told of an alert if nobody answers; only their deliverers know whether."""
    for route in alert.routes:
        if route.escalation is not None:
            yield from route.escalation.destinations


def _not_yet(destination: str, alert: Alert, revision: str) -> Recipient:
    return Recipient(
        destination=destination, revisions=(revision,), severity=alert.severity, counted=True
    )


def _receive(recipient: Recipient, revision: str) -> Recipient:
    if revision in recipient.revisions:
        return recipient
    return replace(recipient, revisions=(*recipient.revisions, revision)[-MAX_REVISIONS:])


def _higher(left: Severity, right: Severity) -> Severity:
    return max(left, right, key=urgency)

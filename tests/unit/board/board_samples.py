"""Messages that the board's tests are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.board.state.board_state import BoardRecord
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED, DELIVERIES, NOTIFICATIONS
from shared.messages import codec
from shared.messages.ids import alert_id, notification_id
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    Delivery,
    DeliveryState,
    Excerpt,
    Match,
    Mention,
    Notification,
    NotifiedArticle,
    OfficeHeld,
    Severity,
    Span,
    TaggedArticle,
    TimeSource,
)
from tests.builders import build_clean_article

PUBLISHED = datetime(2018, 6, 12, 1, 4, tzinfo=UTC)
START_MS = 1_700_000_000_000
TEXT = "President Donald Trump shook hands with Kim Jong Un on Sentosa."
SLACK = "slack:newsroom"
CHAIRMAN = OfficeHeld(
    office="kp-chairman",
    title="Chairman of the State Affairs Commission",
    acting=True,
    verified=False,
)


def an_alert(number: int = 1, **changes: Any) -> Alert:
    """An alert about an article; ``number`` makes it a different one."""
    sample: dict[str, Any] = {
        "alert_id": alert_id("summit", "1", f"article-{number}", "1"),
        "rule_id": "summit",
        "rule_revision": "1",
        "rule_title": "The summit",
        "severity": Severity.HIGH,
        "destinations": (SLACK,),
        "article_id": f"article-{number}",
        "article_revision": "1",
        "uri": f"https://news.example/{number}",
        "url": f"https://www.news.example/{number}",
        "source": "Example Wire",
        "headline": f"Leaders meet on Sentosa ({number})",
        "language": "en",
        "event_time": PUBLISHED + timedelta(minutes=number),
        "event_time_source": TimeSource.PAGE,
        "pubstatus": "usable",
        "signature": (),
        "matches": (
            Match(
                clause="actor(donald-trump)", field="body", start=10, end=22, surface="Donald Trump"
            ),
            Match(
                clause="actor(kim-jong-un)", field="body", start=40, end=51, surface="Kim Jong Un"
            ),
        ),
        "excerpts": (
            Excerpt(
                field="body", text=TEXT, marks=(Span(start=10, end=22), Span(start=40, end=51))
            ),
        ),
        "actors": (
            ActorOnDate(
                actor="donald-trump",
                name="Donald Trump",
                offices=(
                    OfficeHeld(
                        office="us-president",
                        title="President of the United States",
                        acting=False,
                        verified=True,
                    ),
                ),
            ),
            ActorOnDate(
                actor="kim-jong-un",
                name="Kim Jong Un",
                offices=(CHAIRMAN,),
            ),
        ),
    }
    return Alert(**(sample | changes))


def a_notification(
    *alerts: Alert,
    destination: str = SLACK,
    outcome: AlertOutcome = AlertOutcome.NOTIFIED,
    reason: str = "first",
    **changes: Any,
) -> Notification:
    """A notification of these alerts."""
    told = notification_id(destination, *(alert.alert_id for alert in alerts))
    return Notification(
        **{
            "notification_id": told,
            "destination": destination,
            "outcome": outcome,
            "reason": reason,
            "alerts": alerts,
        }
        | changes
    )


def an_article(alert: Alert) -> NotifiedArticle:
    """The article of an alert, as notifications name it."""
    return NotifiedArticle(
        article_id=alert.article_id,
        revision=alert.article_revision,
        version=1,
        source=alert.source,
        headline=alert.headline,
        uri=alert.uri,
        url=alert.url,
        event_time=alert.event_time,
        event_time_source=alert.event_time_source,
    )


def a_story_notification(*alerts: Alert, story: int = 1, **changes: Any) -> Notification:
    """A notification about a story, which began with the article of that number."""
    articles = tuple(an_article(alert) for alert in alerts)
    return a_notification(
        *alerts, **({"story_id": f"article-{story}", "articles": articles} | changes)
    )


def a_delivery(
    told: Notification, state: DeliveryState = DeliveryState.DELIVERED, **changes: Any
) -> Delivery:
    """The ledger's entry for a notification."""
    sample: dict[str, Any] = {
        "attempts": 1,
        "in_doubt": 0,
        "first_attempt_at": PUBLISHED,
        "last_attempt_at": PUBLISHED,
        "answer": "ok",
    }
    return Delivery(
        notification_id=told.notification_id,
        destination=told.destination,
        state=state,
        **(sample | changes),
    )


def stations(
    *,
    published: int = -40_000,
    fetched: int = 0,
    cleaned: int = 100,
    tagged: int = 250,
    matched: int = 300,
) -> dict[str, str]:
    """A whole latency ledger, in milliseconds around START_MS."""
    times = {
        "published": published,
        "fetched": fetched,
        "cleaned": cleaned,
        "tagged": tagged,
        "matched": matched,
    }
    return {f"t-{name}": str(START_MS + at) for name, at in times.items()}


def incoming(
    message: Alert | Notification | Delivery,
    headers: dict[str, str] | None = None,
    *,
    recorded_ms: int = START_MS,
) -> BoardRecord:
    """A message as the record that carries it."""
    topic = {Alert: ALERTS, Notification: NOTIFICATIONS, Delivery: DELIVERIES}[type(message)]
    return BoardRecord(
        topic=topic.name,
        value=codec.encode(message),
        headers=headers or {},
        recorded_ms=recorded_ms,
    )


def a_tagged(
    number: int = 1,
    *,
    headline: str = "Leaders meet",
    body: str = TEXT,
    revision: str = "1",
    deck: str = "",
) -> bytes:
    """A record of articles.tagged, in which Kim Jong Un is found where the body names him."""
    clean = build_clean_article(
        body,
        article_id=f"article-{number}",
        revision=revision,
        uri=f"https://news.example/{number}",
        source="Example Wire",
        headline=headline,
        deck=deck,
        event_time=datetime(2018, 9, 11, tzinfo=UTC),
    )
    at = body.find("Kim Jong Un")
    mentions = (
        (
            Mention(
                field="body",
                start=at,
                end=at + 11,
                surface="Kim Jong Un",
                kind="name",
                actor="kim-jong-un",
            ),
        )
        if at >= 0
        else ()
    )
    actors = (
        (ActorOnDate(actor="kim-jong-un", name="Kim Jong Un", offices=(CHAIRMAN,)),)
        if mentions
        else ()
    )
    return codec.encode(
        TaggedArticle(article=clean, tagger_revision="t", mentions=mentions, actors=actors)
    )


def a_tagged_record(number: int = 1, **changes: str) -> BoardRecord:
    """The same as the board reads it."""
    return BoardRecord(
        topic=ARTICLES_TAGGED.name,
        value=a_tagged(number, **changes),
        headers={},
        recorded_ms=START_MS,
    )

"""A notification of every kind, invented: templates are tried on them, and people look at them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from services.alerting.deliver.channels.channel import NOW, Post
from shared.feedback.message_links import ACTIONS
from shared.messages.ids import content_id
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    Excerpt,
    Notification,
    NotificationKind,
    NotifiedArticle,
    OfficeHeld,
    Severity,
    Span,
    TextChange,
    Threshold,
    TimeSource,
)

_ACTIONS: Final = tuple(
    (action.capitalize(), f"https://board.example/feedback/{action}/WyI5ZDRjN2U4ZjNhMWIyYzMi.aW50")
    for action in ACTIONS
)
_TIME: Final = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
_LATENCY: Final = timedelta(seconds=1.8)


def _sample_article(number: int, headline: str, source: str) -> NotifiedArticle:
    return NotifiedArticle(
        article_id=content_id("sample", str(number)),
        revision="1",
        version=1,
        source=source,
        headline=headline,
        uri=f"https://wire.example/ferry/{number}",
        url=f"https://wire.example/ferry/{number}",
        event_time=_TIME + timedelta(minutes=number),
        event_time_source=TimeSource.PAGE,
    )


_ARTICLES: Final = (
    _sample_article(1, "Ferry runs aground off Ulsan, 214 taken off", "Harbour Wire"),
    _sample_article(2, "All passengers safe after ferry accident near Ulsan", "Coast News"),
    _sample_article(3, "Ulsan ferry: minister orders checks of all ships", "Harbour Wire"),
)


def _sample_alert(rule_id: str, title: str, severity: Severity, text: str, words: str) -> Alert:
    article = _ARTICLES[0]
    marks = tuple(
        Span(start=text.index(word), end=text.index(word) + len(word)) for word in words.split()
    )
    return Alert(
        alert_id=content_id("sample", rule_id),
        rule_id=rule_id,
        rule_revision="1",
        rule_title=title,
        severity=severity,
        destinations=("slack:newsroom",),
        article_id=article.article_id,
        article_revision=article.revision,
        uri=article.uri,
        url=article.url,
        source=article.source,
        headline=article.headline,
        language="en",
        event_time=article.event_time,
        event_time_source=article.event_time_source,
        pubstatus="usable",
        signature=(),
        matches=(),
        excerpts=(Excerpt(field="body", text=text, marks=marks),),
        actors=(_ACTOR, ActorOnDate(actor="coast-guard", name="Korea Coast Guard")),
    )


_ACTOR: Final = ActorOnDate(
    actor="oceans-minister",
    name="Han Ji-min",
    offices=(OfficeHeld(office="kor-oceans", title="oceans minister", acting=True, verified=True),),
)
_ALERTS: Final = (
    _sample_alert(
        "ships-in-distress",
        "A ship in distress",
        Severity.HIGH,
        "The ferry Saebyeok ran aground at dawn & sent a distress call, the coast guard said.",
        "ferry aground distress",
    ),
    _sample_alert(
        "ministers-on-safety",
        "A minister on the safety of ships",
        Severity.MEDIUM,
        "Acting oceans minister Han Ji-min ordered an inspection of all ferries.",
        "minister inspection ferries",
    ),
)
_FIRST: Final = Notification(
    notification_id=content_id("sample", "first"),
    destination="slack:newsroom",
    outcome=AlertOutcome.NOTIFIED,
    reason="its rule notifies on every match",
    alerts=_ALERTS,
    story_id=content_id("sample", "story"),
    severity=Severity.HIGH,
    articles=_ARTICLES[:2],
    sources=("Harbour Wire", "Coast News"),
)


_VARIANTS: Final[dict[NotificationKind, Notification]] = {
    "update": replace(
        _FIRST,
        articles=_ARTICLES[2:],
        new_sentences=(
            "All 214 passengers were taken off within two hours.",
            "The captain is being questioned.",
        ),
        folded=2,
    ),
    "corroborated": replace(_FIRST, sources=("Harbour Wire", "Coast News", "Strait Times")),
    "correction": replace(
        _FIRST,
        articles=(replace(_ARTICLES[0], version=2),),
        changes=(
            TextChange(
                field="headline",
                before="Ferry runs aground off Ulsan, 241 taken off",
                after="Ferry runs aground off Ulsan, 214 taken off",
            ),
            TextChange(field="body", before="no one was hurt", after="two were hurt slightly"),
        ),
    ),
    "withdrawal": replace(
        _FIRST,
        articles=(replace(_ARTICLES[0], pubstatus="canceled", version=2),),
        alerts=tuple(replace(alert, pubstatus="canceled") for alert in _ALERTS),
    ),
    "burst": replace(
        _FIRST,
        reason="3 articles from 2 sources within 1 h",
        alerts=tuple(
            replace(
                _ALERTS[0],
                headline=article.headline,
                source=article.source,
                url=article.url,
                article_id=article.article_id,
                threshold=Threshold(count=3, within_s=3_600),
            )
            for article in _ARTICLES
        ),
    ),
    "digest": replace(
        _FIRST,
        alerts=tuple(
            replace(alert, article_id=article.article_id)
            for alert, article in zip(_ALERTS, _ARTICLES, strict=False)
        ),
        articles=_ARTICLES,
        reason="waited while the address took no messages",
    ),
    "notice": replace(
        _FIRST,
        alerts=(),
        articles=(),
        reason="slack:sports takes no messages (404 no_service); what waits for it goes out "
        "once its address takes them again",
    ),
}
"""The follow-ups, and what is no story, made of the first message."""


def _sample(kind: NotificationKind) -> Notification:
    variant = _VARIANTS.get(kind, _FIRST)
    return replace(variant, notification_id=content_id("sample", kind), kind=kind)


def _post(kind: NotificationKind) -> Post:
    published = int(_TIME.timestamp() * 1000)
    now = published + int(_LATENCY.total_seconds() * 1000)
    return Post(
        notification=_sample(kind),
        times={"t-published": published, NOW: now},
        action_links=() if kind == "notice" else _ACTIONS,
    )


_KINDS: Final[tuple[NotificationKind, ...]] = (
    "first",
    "update",
    "corroborated",
    "correction",
    "withdrawal",
    "burst",
    "digest",
    "notice",
)
SAMPLES: Final[Mapping[NotificationKind, Post]] = MappingProxyType(
    {kind: _post(kind) for kind in _KINDS}
)

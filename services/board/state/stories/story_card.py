"""A story as the page shows it: its rules, what became of it at whom, its sources. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.board.state.cards import Card, CardSentence, DeliveryLine, build_delivery_line
from services.board.state.desk_decisions import DeskEntry
from services.board.state.stories.notification_summary import CardChange, NotificationSummary
from shared.messages.schemas import AlertOutcome, Delivery, Severity

RULES: Final = 30
TIMELINE: Final = 30
DESK: Final = 20
ESCALATION: Final = "escalation"
"""The kind of an entry of the timeline: others were told, because nobody had answered."""
ALERTS: Final = 30
"""Alerts of a story that are shown, the most urgent and newest."""
_RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}
_GATHERED: Final = (AlertOutcome.FOLDED, AlertOutcome.COUNTED)
"""Outcomes that a story's articles may share by the dozen: one entry stands for all of them."""
_WITHHELD: Final = (AlertOutcome.SILENCED, AlertOutcome.MUTED, AlertOutcome.INHIBITED)
"""Likewise, one entry for each reason: a silence's author or a mute time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredRule:
    """A rule that fired on a story, and the sentence that decided it.

    ``alert`` is the newest of its alerts, ``articles`` how many articles it fired on.
    """

    id: str
    title: str
    severity: str
    alert: str
    articles: int
    sentence: CardSentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """What was decided at a time, with one line for each destination.

    ``times`` is how many decisions it stands for. ``at`` is when the last of them was made.
    """

    kind: str
    outcome: str
    reason: str
    at: datetime
    times: int
    headline: str
    new_sentences: tuple[str, ...]
    changes: tuple[CardChange, ...]
    lines: tuple[DeliveryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """One story.

    ``order`` sorts stories, newest highest: when its last alert was matched or its last follow-up
    was decided, in Unix ms. ``lead`` is the alert whose article is the headline, ``alerts`` are
    those that are shown. ``pending`` are the destinations for which something is not decided yet.
    ``replaces`` are the ids of cards that this one stands for, since they are known as one story.
    ``desk`` is what people have decided about it.
    """

    id: str
    replaces: tuple[str, ...]
    order: int
    severity: str
    lead: str
    rules: tuple[FiredRule, ...]
    more_rules: int
    timeline: tuple[TimelineEntry, ...]
    earlier: int
    pending: tuple[DeliveryLine, ...]
    sources: tuple[str, ...]
    folded: int
    articles: int
    alerts: tuple[str, ...]
    more_alerts: int
    desk: tuple[DeskEntry, ...] = ()


def build_story(
    story_id: str,
    cards: Sequence[Card],
    notifications: Iterable[NotificationSummary],
    deliveries: Mapping[str, Delivery],
    desk: Sequence[DeskEntry] = (),
) -> StoryCard:
    """Build the card of a story from its alerts and all that was decided about it.

    ``desk`` is what people have decided about its messages, oldest first.
    """
    decisions = sorted(notifications, key=lambda decision: decision.recorded_ms)
    urgent = sorted(cards, key=_urgency, reverse=True)
    rules = _rules(urgent)
    timeline = _timeline(decisions, deliveries)
    return StoryCard(
        id=story_id,
        replaces=_replaced(story_id, cards, decisions),
        order=max(*(card.order for card in cards), *map(_follow_up_ms, decisions), 0),
        severity=urgent[0].severity,
        lead=urgent[0].id,
        rules=rules[:RULES],
        more_rules=max(0, len(rules) - RULES),
        timeline=timeline[-TIMELINE:],
        earlier=max(0, len(timeline) - TIMELINE),
        pending=_pending(cards, decisions),
        sources=max((each.sources for each in decisions), key=len, default=()),
        folded=max((each.folded for each in decisions), default=0),
        articles=len({card.article for card in cards}),
        alerts=tuple(card.id for card in urgent[:ALERTS]),
        more_alerts=max(0, len(cards) - ALERTS),
        desk=tuple(desk[-DESK:]),
    )


def _replaced(
    story_id: str, cards: Sequence[Card], decisions: Sequence[NotificationSummary]
) -> tuple[str, ...]:
    ids = {card.article for card in cards} | {each.story_id for each in decisions}
    return tuple(sorted(ids - {story_id, ""}))


def _urgency(card: Card) -> tuple[int, int, str]:
    return _RANKS[card.severity], card.order, card.id


def _follow_up_ms(decision: NotificationSummary) -> int:
    is_follow_up = decision.kind != "first" or decision.is_escalation
    is_shown = decision.outcome is AlertOutcome.NOTIFIED and is_follow_up
    return decision.recorded_ms if is_shown else 0


def _rules(urgent: Sequence[Card]) -> tuple[FiredRule, ...]:
    """Return each rule once, most urgent first, with the newest of its most urgent alerts."""
    by_rule: dict[str, list[Card]] = {}
    for card in urgent:
        by_rule.setdefault(card.rule_id, []).append(card)
    return tuple(
        FiredRule(
            id=rule_id,
            title=cards[0].rule,
            severity=cards[0].severity,
            alert=cards[0].id,
            articles=len({card.article for card in cards}),
            sentence=cards[0].sentences[0] if cards[0].sentences else None,
        )
        for rule_id, cards in by_rule.items()
    )


def _timeline(
    decisions: Sequence[NotificationSummary], deliveries: Mapping[str, Delivery]
) -> tuple[TimelineEntry, ...]:
    """Return what was decided, oldest first; the same at several destinations is one entry."""
    gathered: dict[tuple[object, ...], list[NotificationSummary]] = {}
    for decision in decisions:
        gathered.setdefault(_same(decision), []).append(decision)
    entries = (_entry(members, deliveries) for members in gathered.values())
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _same(decision: NotificationSummary) -> tuple[object, ...]:
    if decision.outcome in _GATHERED:
        return (decision.outcome,)
    if decision.outcome in _WITHHELD:
        return decision.outcome, decision.reason
    what = decision.articles or decision.alerts
    return decision.outcome, decision.kind, decision.reason, what


def _entry(
    members: Sequence[NotificationSummary], deliveries: Mapping[str, Delivery]
) -> TimelineEntry:
    last = members[-1]
    latest = {member.destination: member for member in members}
    at_destination = [member.destination for member in members]
    return TimelineEntry(
        kind=ESCALATION if last.is_escalation else last.kind,
        outcome=last.outcome.value,
        reason=last.reason,
        at=datetime.fromtimestamp(last.recorded_ms / 1000, UTC),
        times=max(at_destination.count(destination) for destination in latest),
        headline=last.headline,
        new_sentences=last.new_sentences,
        changes=last.changes,
        lines=tuple(
            build_delivery_line(
                destination, member.outcome, member.reason, deliveries.get(member.id)
            )
            for destination, member in sorted(latest.items())
        ),
    )


def _pending(
    cards: Sequence[Card], decisions: Sequence[NotificationSummary]
) -> tuple[DeliveryLine, ...]:
    decided = {(each.destination, alert) for each in decisions for alert in each.alerts}
    open_ = {
        destination
        for card in cards
        for destination in card.destinations
        if (destination, card.id) not in decided
    }
    return tuple(build_delivery_line(destination, None, "", None) for destination in sorted(open_))

"""What a destination is told of a story now: one message for all that waits, or nothing. Pure.

The same story, dispatches and time give the same decision, byte for byte.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.alerting.count.burst_dispatches import format_duration
from services.alerting.deliver.grouping import group_timing
from services.alerting.deliver.grouping.digest_times import DueDigest, find_due_digest
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import (
    DeliveryPolicy,
    WithheldAlert,
    build_facts,
    withhold,
    without_alerts,
)
from services.alerting.match.dispatches import fit_alerts
from services.alerting.reasons import NotificationReason
from services.alerting.routes.routes import Routes
from services.alerting.short_alert import clip
from services.alerting.stories.memory import MAX_MEMBERS
from services.alerting.stories.news.sources import source_key
from services.alerting.urgency import urgency, urgent_first
from shared.messages.ids import notification_id
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    Dispatch,
    Notification,
    NotificationKind,
    NotifiedArticle,
    Severity,
    Story,
    TaggedArticle,
    TextChange,
)

MAX_ARTICLES: Final = 50
MAX_ARTICLE_IDS: Final = 1_000
MAX_NEW_SENTENCES: Final = 20
MAX_CHANGES: Final = 12
SENTENCE_CHARACTERS: Final = 1_000
HEADLINE_CHARACTERS: Final = 500
ADDRESS_CHARACTERS: Final = 2_000
_NEVER_HELD: Final = ("correction", "withdrawal")
NO_POLICY: Final = DeliveryPolicy()
"""Without routes and silences every alert is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDecision:
    """The notification of what waits, why it is decided so, and the story after it.

    ``hold_until``: nothing is decided before, because the story was told a moment ago, or because
    it needs another source; then there is no notification. ``facts`` are what is recorded of alerts
    that the destination is not told of besides. ``digest``: it goes out in a digest that is due.
    """

    notification: Notification | None = None
    reason: NotificationReason | None = None
    story: Story | None = None
    hold_until: datetime | None = None
    facts: tuple[Notification, ...] = ()
    digest: DueDigest | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What happens to the alerts, and why."""

    outcome: AlertOutcome
    kind: NotificationKind
    reason: NotificationReason
    text: str = ""


def decide_story(
    story: Story | None,
    members: Sequence[WaitingDispatch],
    *,
    now: datetime,
    defaults: GroupDefaults,
    policy: DeliveryPolicy = NO_POLICY,
) -> MessageDecision:
    """Decide what the destination is told of ``members``, all that waits of one story.

    ``story`` is what it was told before. ``members`` are in ``arrival_order``, with their places.
    """
    withheld = withhold(members, story, policy, now)
    if members[0].dispatch.article is None:
        return _decide_single(members, withheld, now, policy.routes())
    told = without_alerts(members, withheld)
    if not told:
        return _close(story, members, withheld, now)
    decision = _decide_told(story, told, now, defaults, policy.routes())
    if decision.notification is None or not withheld:
        return decision
    facts = build_facts(withheld, members[0].dispatch.destination, members[0].story_id)
    return replace(decision, facts=facts)


def _decide_told(
    story: Story | None,
    members: Sequence[WaitingDispatch],
    now: datetime,
    defaults: GroupDefaults,
    routes: Routes,
) -> MessageDecision:
    """Decide what the destination is told of dispatches whose alerts are not withheld."""
    alerts = _alerts(members)
    outcome = _hold_for_sources(story, members, alerts, now)
    outcome = outcome or _outcome(story, members, alerts, defaults, now)
    if isinstance(outcome, datetime):
        return MessageDecision(hold_until=outcome)
    until = _interval_end(story, alerts, outcome, defaults)
    if until is not None and now < until:
        return MessageDecision(hold_until=until)
    digest = None
    if outcome.outcome is AlertOutcome.NOTIFIED and outcome.kind not in _NEVER_HELD:
        digest = find_due_digest(members, alerts, routes)
    if digest is not None and now < digest.at:
        return MessageDecision(hold_until=digest.at)
    after = _after(story, members, outcome, now)
    return MessageDecision(
        notification=_notification(after, members, alerts, outcome),
        reason=outcome.reason,
        story=after,
        digest=digest,
    )


def _decide_single(
    members: Sequence[WaitingDispatch],
    withheld: Sequence[WithheldAlert],
    now: datetime,
    routes: Routes,
) -> MessageDecision:
    """Decide about a burst or a notice: it is told unless all of its alerts are withheld."""
    dispatch = members[0].dispatch
    notification = _single(dispatch)
    if not withheld or len(withheld) < len(dispatch.alerts):
        digest = find_due_digest(members, dispatch.alerts, routes)
        if digest is not None and now < digest.at:
            return MessageDecision(hold_until=digest.at)
        story = _burst_story(dispatch, now)
        return MessageDecision(notification=notification, story=story, digest=digest)
    first = withheld[0]
    return MessageDecision(
        notification=replace(notification, outcome=first.outcome, reason=first.text),
        reason=first.reason,
    )


def _close(
    story: Story | None,
    members: Sequence[WaitingDispatch],
    withheld: Sequence[WithheldAlert],
    now: datetime,
) -> MessageDecision:
    """Decide about a story all of whose alerts are withheld: nothing is sent."""
    first = min(withheld, key=lambda entry: urgent_first(entry.alert))
    same = [each for each in withheld if each.text == first.text]
    different = [each for each in withheld if each.text != first.text]
    closed = without_alerts(members, different)
    is_told = story is not None and story.sent_at is not None
    outcome = _Outcome(first.outcome, "update" if is_told else "first", first.reason, first.text)
    sources = story.sources if story else ()
    after = replace(_after(story, closed, outcome, now), sources=sources)
    alerts = tuple(each.alert for each in same)
    return MessageDecision(
        notification=_notification(after, closed, alerts, outcome),
        reason=first.reason,
        story=after,
        facts=build_facts(different, members[0].dispatch.destination, members[0].story_id),
    )


def _single(dispatch: Dispatch) -> Notification:
    """Return the notification of a burst, notice or escalation, which is a story of its own."""
    if dispatch.escalated is not None:
        return replace(
            dispatch.escalated,
            notification_id=notification_id(dispatch.destination, dispatch.dispatch_id),
            destination=dispatch.destination,
            reason=dispatch.reason,
            alerts=dispatch.alerts,
            story_id=dispatch.dispatch_id,
        )
    return Notification(
        notification_id=notification_id(dispatch.destination, dispatch.dispatch_id),
        destination=dispatch.destination,
        outcome=AlertOutcome.NOTIFIED,
        reason=dispatch.reason,
        alerts=dispatch.alerts,
        possible_repeat=dispatch.possible_repeat,
        kind="burst" if dispatch.kind == "burst" else "notice",
        story_id=dispatch.dispatch_id,
        severity=dispatch.severity,
        omitted=dispatch.omitted,
        daily=dispatch.daily,
    )


def _burst_story(dispatch: Dispatch, now: datetime) -> Story | None:
    """Return what is remembered of a burst or an escalation, so that corrections find it."""
    if not dispatch.alerts:
        return None
    articles = dispatch.escalated.articles if dispatch.escalated else ()
    article_ids = (article.article_id for article in articles)
    return Story(
        story_id=dispatch.dispatch_id,
        destination=dispatch.destination,
        headline=dispatch.alerts[0].headline,
        seen_at=now,
        article_ids=tuple(
            dict.fromkeys((*(alert.article_id for alert in dispatch.alerts), *article_ids))
        ),
        rules=(dispatch.alerts[0].rule_id,),
        severity=dispatch.severity,
        sent_at=now,
        messages=1,
    )


def _alerts(members: Sequence[WaitingDispatch]) -> tuple[Alert, ...]:
    """Return one alert per rule, of the first article that it fires on, most urgent first.

    An article that was taken back meanwhile stands back behind the others.
    """
    withdrawn = _withdrawn(members)
    alerts = [alert for member in members for alert in member.dispatch.alerts]
    by_rule: dict[str, Alert] = {}
    for alert in sorted(alerts, key=lambda alert: alert.article_id in withdrawn):
        by_rule.setdefault(alert.rule_id, alert)
    return tuple(sorted(by_rule.values(), key=urgent_first))


def _hold_for_sources(
    story: Story | None, members: Sequence[WaitingDispatch], alerts: Sequence[Alert], now: datetime
) -> _Outcome | datetime | None:
    """Return until when a story waits for another source, or that none came; None if it need not.

    One rule that needs no other source is enough for the message. What follows a message, or is
    asked for by a person, never waits.
    """
    is_told = story is not None and story.sent_at is not None
    if is_told or any(member.is_redriven for member in members):
        return None
    if not alerts or any(alert.needs is None for alert in alerts):
        return None
    sources = max(1, len(_sources(story, members)))
    needs = min((alert.needs for alert in alerts if alert.needs), key=lambda need: need.independent)
    if sources >= needs.independent:
        return None
    deadline = min(member.written_at for member in members) + timedelta(seconds=needs.within_s)
    if now < deadline:
        return deadline
    text = NotificationReason.UNCORROBORATED.text(
        sources=sources, needed=needs.independent, within=format_duration(needs.within_s)
    )
    return _Outcome(AlertOutcome.COUNTED, "first", NotificationReason.UNCORROBORATED, text)


def _outcome(
    story: Story | None,
    members: Sequence[WaitingDispatch],
    alerts: Sequence[Alert],
    defaults: GroupDefaults,
    now: datetime,
) -> _Outcome:
    reason = NotificationReason
    was_told = story is not None and story.sent_at is not None
    kinds = {member.place.kind for member in members if member.place}
    if members[0].is_redriven:
        return _redriven(members[0])
    if not was_told:
        if _has_usable(members, alerts):
            return _Outcome(AlertOutcome.NOTIFIED, "first", reason.EVERY_MATCH)
        if "withdrawal" in kinds:
            return _Outcome(AlertOutcome.WITHDRAWN, "withdrawal", reason.NEVER_SENT)
        return _Outcome(AlertOutcome.FOLDED, "update", reason.NOT_RECEIVED)
    assert story is not None  # noqa: S101 - it was told
    if "withdrawal" in kinds:
        return _Outcome(AlertOutcome.NOTIFIED, "withdrawal", reason.TAKEN_BACK)
    if "correction" in kinds:
        return _Outcome(AlertOutcome.NOTIFIED, "correction", reason.CHANGED)
    if _is_more_urgent(story, alerts):
        return _Outcome(AlertOutcome.NOTIFIED, "update", reason.MORE_URGENT)
    if any(member.place and member.place.is_worth_a_message for member in members):
        return _Outcome(AlertOutcome.NOTIFIED, "update", reason.NEWS)
    sources = _sources(story, members)
    repeat = timedelta(seconds=group_timing.repeat_s(alerts, story.destination, defaults))
    if len(sources) > len(story.sources) and now - (story.sent_at or now) >= repeat:
        text = reason.CORROBORATED.text(sources=len(sources))
        return _Outcome(AlertOutcome.NOTIFIED, "corroborated", reason.CORROBORATED, text)
    return _Outcome(AlertOutcome.FOLDED, "update", reason.NOTHING_NEW)


def _redriven(member: WaitingDispatch) -> _Outcome:
    """Return the outcome of what a person asks for again: it is told as what it is."""
    reason = NotificationReason
    if member.dispatch.kind == "withdrawal":
        return _Outcome(AlertOutcome.NOTIFIED, "withdrawal", reason.TAKEN_BACK)
    if member.dispatch.kind == "revision":
        return _Outcome(AlertOutcome.NOTIFIED, "correction", reason.CHANGED)
    return _Outcome(AlertOutcome.NOTIFIED, "first", reason.EVERY_MATCH)


def _has_usable(members: Sequence[WaitingDispatch], alerts: Sequence[Alert]) -> bool:
    """Return whether an alert's article was not taken back meanwhile."""
    withdrawn = _withdrawn(members)
    return any(alert.article_id not in withdrawn for alert in alerts)


def _withdrawn(members: Sequence[WaitingDispatch]) -> set[str]:
    """Return the ids of the articles whose last version here takes them back."""
    last = {
        member.dispatch.article.article_id: member.dispatch.kind
        for member in members
        if member.dispatch.article
    }
    return {article_id for article_id, kind in last.items() if kind == "withdrawal"}


def _members_to_show(
    members: Sequence[WaitingDispatch], outcome: _Outcome
) -> Sequence[WaitingDispatch]:
    """Return what a message is about: not what was taken back, unless it says just that."""
    withdrawn = _withdrawn(members)
    if outcome.kind == "withdrawal" or not withdrawn:
        return members
    return [
        member
        for member in members
        if member.dispatch.article and member.dispatch.article.article.article_id not in withdrawn
    ]


def _is_more_urgent(story: Story, alerts: Sequence[Alert]) -> bool:
    before = -1 if story.severity is None else urgency(story.severity)
    return any(
        urgency(alert.severity) > before and alert.rule_id not in story.rules for alert in alerts
    )


def _interval_end(
    story: Story | None,
    alerts: Sequence[Alert],
    outcome: _Outcome,
    defaults: GroupDefaults,
) -> datetime | None:
    """Return when the story may be told of again; None if this must not wait.

    What was wrong is put right at once, and what is more urgent goes out at once.
    """
    if story is None or story.sent_at is None or outcome.outcome is not AlertOutcome.NOTIFIED:
        return None
    if outcome.kind in _NEVER_HELD or _is_more_urgent(story, alerts):
        return None
    interval = group_timing.interval_s(alerts, story.destination, defaults)
    return story.sent_at + timedelta(seconds=interval)


def _sources(story: Story | None, members: Sequence[WaitingDispatch]) -> tuple[str, ...]:
    """Return the independent sources of a story with these articles, in order of arrival.

    The last place names all that the story's memory has: a text without a credit may have become
    an agency's. Of these, sources of withheld articles alone are left out: a person who silences a
    source does not want its word. Sources of articles that the memory has dropped are kept, but not
    those that took theirs back.
    """
    before = story.sources if story else ()
    places = [member.place for member in members if member.place]
    told = {*before, *(place.origin for place in places)}
    latest = next(filter(None, (place.sources for place in reversed(places))), before)
    articles = len(members) + (len(story.article_ids) if story else 0)
    names = [
        *(before if articles > MAX_MEMBERS else ()),
        *(name for name in latest if name in told),
    ]
    withdrawn = {name for member in members for name in _withdrawn_sources(member)}
    return tuple(name for name in dict.fromkeys(names) if name not in withdrawn)


def _withdrawn_sources(member: WaitingDispatch) -> tuple[str, ...]:
    if member.place is None or member.place.kind != "withdrawal" or not member.dispatch.article:
        return ()
    return member.place.origin, source_key(member.dispatch.article.article.source)


def _after(
    story: Story | None, members: Sequence[WaitingDispatch], outcome: _Outcome, now: datetime
) -> Story:
    """Return the story after these articles were told of, or were not."""
    first = members[0]
    articles = [_notified(member.dispatch.article) for member in members if member.dispatch.article]
    is_sent = outcome.outcome is AlertOutcome.NOTIFIED
    before = story or Story(
        story_id=first.story_id,
        destination=first.dispatch.destination,
        headline=articles[0].headline,
        seen_at=now,
    )
    ids = dict.fromkeys((*before.article_ids, *(article.article_id for article in articles)))
    alerts = [alert for member in members for alert in member.dispatch.alerts]
    return replace(
        before,
        seen_at=now,
        articles=_unique((*before.articles, *articles))[-MAX_ARTICLES:],
        article_ids=tuple(ids)[-MAX_ARTICLE_IDS:],
        rules=tuple(dict.fromkeys((*before.rules, *(a.rule_id for a in alerts))))
        if is_sent
        else before.rules,
        severity=highest_severity((before.severity, *(m.dispatch.severity for m in members)))
        if is_sent
        else before.severity,
        sent_at=now if is_sent else before.sent_at,
        messages=before.messages + is_sent,
        folded=before.folded + (len(members) if outcome.outcome is AlertOutcome.FOLDED else 0),
        sources=_sources(story, members),
    )


def _notification(
    story: Story, members: Sequence[WaitingDispatch], alerts: Sequence[Alert], outcome: _Outcome
) -> Notification:
    destination = members[0].dispatch.destination
    others = [
        alert for member in members for alert in member.dispatch.alerts if alert not in alerts
    ]
    shown, omitted = fit_alerts(alerts, others)
    about = _members_to_show(members, outcome)
    changes = _changes(about) if outcome.kind == "correction" else ()
    return Notification(
        notification_id=notification_id(
            destination, *(member.dispatch.dispatch_id for member in members)
        ),
        destination=destination,
        outcome=outcome.outcome,
        reason=outcome.text or outcome.reason.text(),
        alerts=shown,
        possible_repeat=any(member.dispatch.possible_repeat for member in members),
        kind=outcome.kind,
        story_id=story.story_id,
        severity=highest_severity(member.dispatch.severity for member in members),
        articles=_unique(
            [_notified(member.dispatch.article) for member in about if member.dispatch.article]
        )[-MAX_ARTICLES:],
        new_sentences=_new_sentences(about, changes),
        changes=changes,
        earlier_rules=() if shown else story.rules,
        sources=story.sources,
        folded=story.folded,
        omitted=omitted + sum(member.dispatch.omitted for member in members),
    )


def _new_sentences(
    members: Sequence[WaitingDispatch], changes: Sequence[TextChange]
) -> tuple[str, ...]:
    """Return what is new, without the sentences that the changes show."""
    sentences = (text for member in members if member.place for text in member.place.new_sentences)
    quotes = [change.after.strip("… ") for change in changes]
    shown = [
        text
        for text in dict.fromkeys(sentences)
        if not any(quote and (quote in text or text in quote) for quote in quotes)
    ][:MAX_NEW_SENTENCES]
    return tuple(clip(text, SENTENCE_CHARACTERS) for text in shown)


def _changes(members: Sequence[WaitingDispatch]) -> tuple[TextChange, ...]:
    places = (member.place for member in members if member.place)
    return tuple(change for place in places for change in place.changes)[:MAX_CHANGES]


def _notified(article: TaggedArticle) -> NotifiedArticle:
    clean = article.article
    return NotifiedArticle(
        article_id=clean.article_id,
        revision=clean.revision,
        version=clean.version,
        source=clean.source,
        headline=clip(clean.headline, HEADLINE_CHARACTERS),
        uri=clip(clean.uri, ADDRESS_CHARACTERS),
        url=clean.url if len(clean.url or "") <= ADDRESS_CHARACTERS else None,
        event_time=clean.event_time,
        event_time_source=clean.event_time_source,
        event_time_precision=clean.event_time_precision,
        pubstatus=clean.pubstatus,
    )


def _unique(articles: Iterable[NotifiedArticle]) -> tuple[NotifiedArticle, ...]:
    """Return each version once, the last time that it stands here."""
    return tuple({(each.article_id, each.revision): each for each in articles}.values())


def highest_severity(severities: Iterable[Severity | None]) -> Severity | None:
    """Return the most urgent of these severities; None if there is none."""
    known = [severity for severity in severities if severity is not None]
    return max(known, key=urgency) if known else None

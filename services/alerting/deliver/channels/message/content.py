"""What a notification says: a header, facts, why each rule fired, and a footer. Pure.

Everything here is plain text as feeds wrote it: channels escape and shorten it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.channel import Post, repeat_mark
from services.alerting.deliver.channels.message.changed_words import ChangedWords, mark_changes
from services.alerting.deliver.channels.message.shorten import clip
from services.alerting.stories.news.sources import source_key
from services.alerting.urgency import urgency
from shared.messages.schemas import Alert, Excerpt, Notification, NotifiedArticle

SHOWN_ACTORS: Final = 6
SHOWN_SOURCES: Final = 6
SHOWN_RULE_IDS: Final = 12
_KIND_WORDS: Final = {
    "update": "Update",
    "correction": "Correction",
    "withdrawal": "Withdrawn",
    "digest": "Digest",
    "notice": "Notice",
}
_SHORT: Final = 80
_LONG: Final = 250
_LISTED_RULE: Final = 40
_UNUSABLE: Final = ("canceled", "withheld")


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads to an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule that fired, and the sentence that decided it; ``excerpt`` is None if it is not shown.

    ``url`` is the page that explains it, ``source`` is set if the header does not name it.
    """

    title: str
    excerpt: Excerpt | None = None
    url: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One of several articles, by its linked headline."""

    headline: str
    url: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContent:
    """All that a message says, in the order of its fields; what is empty is not shown.

    ``labels`` are the severity and the kind, ``statement`` a sentence that must not be missed,
    ``listed`` the articles of a burst or a digest, ``also`` those that the header does not link.
    """

    labels: tuple[str, ...] = ()
    headline: str = ""
    url: str | None = None
    facts: tuple[str, ...] = ()
    statement: str = ""
    changes: tuple[ChangedWords, ...] = ()
    new_sentences: tuple[str, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    listed: tuple[ArticleLine, ...] = ()
    also: tuple[ArticleLine, ...] = ()
    actors: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


def compose(post: Post, board_url: str = "") -> MessageContent:
    """Return what the message says; ``board_url`` is the board's public address, if any."""
    notification = post.notification
    if _is_burst(notification):
        return _burst(post, board_url)
    if notification.kind == "digest":
        return _digest(post)
    if notification.daily is not None:
        line, *details = notification.reason.splitlines() or [""]
        return MessageContent(
            labels=_labels(notification), headline=line, facts=tuple(details), notes=_notes(post)
        )
    lead = _lead(notification)
    if lead is None or notification.kind == "notice":
        return MessageContent(
            labels=_labels(notification), headline=notification.reason, notes=_notes(post)
        )
    return _story(post, lead, board_url)


def summarise(content: MessageContent) -> str:
    """Return one line, as telephones show it; what must be known first comes first."""
    labels = " · ".join(content.labels)
    titles = [clip(line.title, _SHORT) for line in content.rules]
    rule = f"rule {titles[0]}" if len(titles) == 1 else ""
    if len(titles) > 1:
        rule = f"rules {titles[0]} and {len(titles) - 1} more"
    head = ": ".join(filter(None, [labels, clip(content.headline, _LONG)]))
    facts = ", ".join(clip(fact, _SHORT) for fact in content.facts)
    details = "; ".join(filter(None, [facts, rule]))
    head += f" ({details})" if details else ""
    return " · ".join(filter(None, [head, _main_news(content)]))


def _main_news(content: MessageContent) -> str:
    """Return the statement, or else the first change or new sentence; empty if there is none."""
    if content.statement:
        return content.statement
    for change in content.changes:
        return f"{clip(change.before.text, _LONG)} → {clip(change.after.text, _LONG)}"
    return clip(next(iter(content.new_sentences), ""), _LONG)


def _story(post: Post, lead: Alert | NotifiedArticle, board_url: str) -> MessageContent:
    notification = post.notification
    is_told_news = notification.kind in ("update", "correction")
    return MessageContent(
        labels=_labels(notification),
        headline=_headline(lead),
        url=lead.url,
        facts=_facts(lead, notification.sources, is_withdrawn=notification.kind == "withdrawal"),
        statement=_statements(notification, lead),
        changes=mark_changes(notification.changes),
        new_sentences=notification.new_sentences if is_told_news else (),
        rules=tuple(_rule_lines(notification, lead, board_url)),
        also=tuple(
            _article_line(article)
            for article in _other_articles(notification.articles, lead.article_id)
        ),
        actors=_actors(notification),
        links=_links(post, lead.url, board_url),
        notes=_notes(post),
    )


def _burst(post: Post, board_url: str) -> MessageContent:
    notification = post.notification
    first = notification.alerts[0]
    lines = [_article_line(alert) for alert in notification.alerts]
    return MessageContent(
        labels=_labels(notification),
        headline=f"{first.rule_title}: {_burst_reason(notification)}",
        statement=_statements(notification, None),
        rules=tuple(_rule_lines(notification, None, board_url)),
        listed=tuple(lines),
        actors=_actors(notification),
        links=_links(post, first.url, board_url),
        notes=_notes(post),
    )


def _burst_reason(notification: Notification) -> str:
    """Return why a burst was sent; an escalation's reason is another one."""
    alerts = len(notification.alerts)
    return f"{alerts} articles" if notification.escalated_from else notification.reason


def _digest(post: Post) -> MessageContent:
    notification = post.notification
    count = len(notification.articles)
    return MessageContent(
        labels=_labels(notification),
        headline=f"{count} {'story' if count == 1 else 'stories'}",
        facts=(notification.reason,),
        listed=tuple(
            _story_line(article, notification.alerts) for article in notification.articles
        ),
        links=tuple(Link(*each) for each in post.action_links),
        notes=_notes(post),
    )


def _is_burst(notification: Notification) -> bool:
    """Return whether it tells of a burst; older records do not say their kind."""
    alerts = notification.alerts
    if not alerts:
        return False
    return notification.kind == "burst" or (
        notification.kind == "first" and alerts[0].threshold is not None
    )


def _lead(notification: Notification) -> Alert | NotifiedArticle | None:
    """Return the article of the header: of a withdrawal the withdrawn one, else the first."""
    candidates: tuple[Alert | NotifiedArticle, ...] = (*notification.articles, *notification.alerts)
    is_withdrawal = notification.kind == "withdrawal"
    withdrawn = (each for each in candidates if is_withdrawal and each.pubstatus in _UNUSABLE)
    return next(withdrawn, candidates[0] if candidates else None)


def _labels(notification: Notification) -> tuple[str, ...]:
    alerts = notification.alerts
    severity = notification.severity or (alerts[0].severity if alerts else None)
    kind = _KIND_WORDS.get(notification.kind, "")
    if notification.kind == "corroborated":
        kind = f"{len(notification.sources)} independent sources"
    if notification.daily is not None:
        return ("Daily line",)
    escalated = "Escalated" if notification.escalated_from else ""
    return tuple(filter(None, [severity.capitalize() if severity else "", escalated, kind]))


def _headline(article: Alert | NotifiedArticle) -> str:
    return article.headline.strip() or article.uri.strip() or "(no headline)"


def _facts(
    article: Alert | NotifiedArticle, sources: Sequence[str], *, is_withdrawn: bool = False
) -> tuple[str, ...]:
    """Return source, time and independent sources, of which a withdrawn article's is none."""
    names = _shown_sources(sources)
    independent = f"{len(sources)} independent sources: {names}" if len(sources) > 1 else ""
    if is_withdrawn:
        remaining = [name for name in sources if source_key(name) != source_key(article.source)]
        independent = f"also told by {_shown_sources(remaining)}" if remaining else ""
    note, time = wording.withdrawal_note(article), wording.publication_time(article)
    return tuple(filter(None, [article.source.strip(), time, independent, note]))


def _shown_sources(sources: Sequence[str]) -> str:
    return ", ".join(sources[:SHOWN_SOURCES]) + (", …" if len(sources) > SHOWN_SOURCES else "")


def _statements(notification: Notification, lead: Alert | NotifiedArticle | None) -> str:
    """Return what must not be missed: that nobody has answered, what happened to the article."""
    reason = notification.reason
    escalated = f"{reason[:1].upper()}{reason[1:]}." if notification.escalated_from else ""
    return " ".join(filter(None, [escalated, _statement(notification, lead) if lead else ""]))


def _statement(notification: Notification, lead: Alert | NotifiedArticle) -> str:
    if notification.kind == "withdrawal":
        is_withheld = lead.pubstatus == "withheld"
        return f"Its publisher has {'withheld' if is_withheld else 'taken back'} this article."
    if notification.kind == "correction" and not notification.changes:
        return "Its publisher has marked it as corrected."
    return ""


def _rule_lines(
    notification: Notification, lead: Alert | NotifiedArticle | None, board_url: str
) -> Iterator[RuleLine]:
    """Yield the first alert of each rule. No sentence of a withdrawn article is repeated."""
    rule_ids: set[str] = set()
    for alert in notification.alerts:
        if alert.rule_id in rule_ids:
            continue
        rule_ids.add(alert.rule_id)
        is_shown = notification.kind != "withdrawal" or alert.pubstatus not in _UNUSABLE
        excerpt = next((each for each in alert.excerpts if each.text.strip()), None)
        has_source = lead is None or alert.source != lead.source
        yield RuleLine(
            title=alert.rule_title.strip() or alert.rule_id,
            excerpt=excerpt if is_shown else None,
            url=_why_url(alert, board_url),
            source=alert.source if has_source and is_shown else "",
        )


def _other_articles(
    articles: Iterable[NotifiedArticle], lead_id: str
) -> tuple[NotifiedArticle, ...]:
    """Return the last version of each article but the one of the header."""
    by_id = {article.article_id: article for article in articles if article.article_id != lead_id}
    return tuple(by_id.values())


def _article_line(article: Alert | NotifiedArticle) -> ArticleLine:
    return ArticleLine(headline=_headline(article), url=article.url, facts=_facts(article, ()))


def _story_line(article: NotifiedArticle, alerts: Sequence[Alert]) -> ArticleLine:
    """Return the line of a digest's story: its severity before the source, its rules after it."""
    line = _article_line(article)
    own = [alert for alert in alerts if alert.article_id == article.article_id]
    if not own:
        return line
    titles = list(dict.fromkeys(alert.rule_title.strip() or alert.rule_id for alert in own))
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    severity = max((alert.severity for alert in own), key=urgency).capitalize()
    rules = f"{clip(titles[0], _LISTED_RULE)}{more}"
    return replace(line, facts=(severity, *line.facts, rules))


def _actors(notification: Notification) -> tuple[str, ...]:
    """Return the weightiest actors of all articles; each article lists its own by weight."""
    ranks: dict[str, tuple[int, int]] = {}
    names: dict[str, str] = {}
    for number, alert in enumerate(notification.alerts):
        for rank, actor in enumerate(alert.actors):
            if not actor.name:  # of a shortened alert, which is only listed
                continue
            names.setdefault(actor.actor, wording.format_actor(actor).strip() or actor.actor)
            ranks[actor.actor] = min(ranks.get(actor.actor, (rank, number)), (rank, number))
    ordered = sorted(ranks, key=lambda actor: ranks[actor])
    more = len(ordered) - SHOWN_ACTORS
    top = tuple(names[actor] for actor in ordered[:SHOWN_ACTORS])
    return (*top, f"+{more} more") if more > 0 else top


def _links(post: Post, url: str | None, board_url: str) -> tuple[Link, ...]:
    alerts = post.notification.alerts
    why = _why_url(alerts[0], board_url) if alerts else None
    links = (("Open", url), ("Why", why), *post.action_links)
    return tuple(Link(label, target) for label, target in links if target)


def _why_url(alert: Alert, board_url: str) -> str | None:
    return f"{board_url.rstrip('/')}/why/{alert.alert_id}" if board_url else None


def _notes(post: Post) -> tuple[str, ...]:
    notification = post.notification
    ids = list(dict.fromkeys(alert.rule_id for alert in notification.alerts))
    ids = ids or list(notification.earlier_rules)
    more = len(ids) - SHOWN_RULE_IDS
    listed = ", ".join(ids[:SHOWN_RULE_IDS]) + (f" and {more} more" if more > 0 else "")
    latency = "" if notification.kind in ("digest", "notice") else wording.latency(post)
    notes = [f"rule{'s' * (len(ids) > 1)} {listed}" if ids else "", latency]
    if notification.folded:
        notes.append(f"{notification.folded} more said nothing new")
    if notification.omitted:
        notes.append(f"{notification.omitted} more alerts")
    return tuple(filter(None, [*notes, repeat_mark(post)]))

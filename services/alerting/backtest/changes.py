"""Compare two revisions of the rules: the rules that differ, and what that changes. Pure.

That is alerts, and the messages that each receiver would have had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final, Literal

from services.alerting.backtest.message_counts import ReceiverCounts, count_messages
from services.alerting.backtest.simulation import pack_article, simulate
from services.alerting.match.match import match
from services.alerting.routes.routes import Routes
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.messages.codec import to_utc
from shared.messages.schemas import (
    Alert,
    Corroboration,
    GroupTiming,
    Severity,
    TaggedArticle,
    Threshold,
)

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContent:
    """What two revisions of a rule are compared by; ``when`` is in canonical form."""

    when: str
    title: str
    severity: Severity
    owner: str | None
    destinations: tuple[str, ...]
    group: GroupTiming | None
    threshold: Threshold | None
    needs: Corroboration | None
    budget: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule that differs; ``fields`` names the fields that do."""

    rule: str
    change: Change
    old: RuleContent | None
    new: RuleContent | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One alert that is gained or lost."""

    change: Literal["gained", "lost"]
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverChange:
    """What one destination would have received under both revisions; None is nothing at all."""

    destination: str
    old: ReceiverCounts | None
    new: ReceiverCounts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertComparison:
    """What two revisions do with the same articles, which are of so many ``days``.

    ``receivers`` are all that either revision sends messages to.
    """

    alerts: tuple[AlertChange, ...] = ()
    receivers: tuple[ReceiverChange, ...] = ()
    days: int = 0


def rule_changes(old: RuleSet, new: RuleSet) -> tuple[RuleChange, ...]:
    """Return the rules that differ, by id. Another notation of an expression is no change."""
    before, after = _by_id(old), _by_id(new)
    changes = (
        _rule_change(rule_id, _content(before.get(rule_id)), _content(after.get(rule_id)))
        for rule_id in sorted(before.keys() | after.keys())
    )
    return tuple(change for change in changes if change is not None)


def compare_alerts(
    old: RuleSet, new: RuleSet, articles: Iterable[TaggedArticle], routes: Routes | None = None
) -> AlertComparison:
    """Return the alerts that only one of the revisions raises, and the messages of both.

    Of alerts that both raise, differences between their rules do not count; of messages they do.
    """
    before, after = _Side(old), _Side(new)
    changes: list[AlertChange] = []
    packed: dict[tuple[str, str], bytes] = {}
    days = set[str]()
    for article in articles:
        clean = article.article
        days.add(to_utc(clean.event_time).date().isoformat())
        lost, gained = before.take(article), after.take(article)
        if lost or gained:
            packed[clean.article_id, clean.revision] = pack_article(article)
        changes += [AlertChange("gained", gained[each]) for each in sorted(gained.keys() - lost)]
        changes += [AlertChange("lost", lost[each]) for each in sorted(lost.keys() - gained)]
    return AlertComparison(
        alerts=tuple(changes),
        receivers=_receiver_changes(before.count(packed, routes), after.count(packed, routes)),
        days=len(days),
    )


@dataclass(slots=True)
class _Side:
    """One of the revisions, and its alerts by id, without what a simulation does not need."""

    rules: RuleSet
    alerts: dict[str, Alert] = field(default_factory=dict)

    def take(self, article: TaggedArticle) -> Mapping[str, Alert]:
        """Return the article's alerts by rule, and remember them."""
        alerts = {alert.rule_id: alert for alert in match(article, self.rules)}
        for alert in alerts.values():
            self.alerts[alert.alert_id] = replace(alert, matches=(), excerpts=(), actors=())
        return alerts

    def count(
        self, packed: Mapping[tuple[str, str], bytes], routes: Routes | None
    ) -> dict[str, ReceiverCounts]:
        """Return what each destination would have received."""
        simulated = simulate(self.alerts.values(), packed, routes)
        return {each.destination: each for each in count_messages(simulated, routes)}


def _receiver_changes(
    before: Mapping[str, ReceiverCounts], after: Mapping[str, ReceiverCounts]
) -> tuple[ReceiverChange, ...]:
    return tuple(
        ReceiverChange(
            destination=destination, old=before.get(destination), new=after.get(destination)
        )
        for destination in sorted(before.keys() | after.keys())
    )


def _rule_change(
    rule_id: str, old: RuleContent | None, new: RuleContent | None
) -> RuleChange | None:
    if old == new:
        return None
    if old and new:
        names = tuple(name for name in _FIELDS if getattr(old, name) != getattr(new, name))
        return RuleChange(rule=rule_id, change="changed", old=old, new=new, fields=names)
    change: Change = "removed" if old else "added"
    return RuleChange(rule=rule_id, change=change, old=old, new=new, fields=())


_FIELDS: Final = tuple(field.name for field in fields(RuleContent))


def _content(loaded: LoadedRule | None) -> RuleContent | None:
    if loaded is None:
        return None
    rule = loaded.rule
    return RuleContent(
        when=rule.when,
        title=rule.title,
        severity=rule.severity,
        owner=rule.owner,
        destinations=rule.destinations,
        group=rule.group,
        threshold=rule.threshold,
        needs=rule.needs,
        budget=loaded.budget,
    )


def _by_id(rules: RuleSet) -> Mapping[str, LoadedRule]:
    return {loaded.rule.rule_id: loaded for loaded in rules.rules}

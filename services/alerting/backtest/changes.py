"""Compare two revisions of the rules: which rules differ, and which alerts that changes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

from services.alerting.match.match import match
from services.alerting.rules.rule_set import LoadedRule, RuleSet
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


def rule_changes(old: RuleSet, new: RuleSet) -> tuple[RuleChange, ...]:
    """Return the rules that differ, by id. Another notation of an expression is no change."""
    before, after = _by_id(old), _by_id(new)
    changes = (
        _rule_change(rule_id, _content(before.get(rule_id)), _content(after.get(rule_id)))
        for rule_id in sorted(before.keys() | after.keys())
    )
    return tuple(change for change in changes if change is not None)


def alert_changes(
    old: RuleSet, new: RuleSet, articles: Iterable[TaggedArticle]
) -> tuple[AlertChange, ...]:
    """Return the alerts that only one of the revisions raises on these articles.

    Other differences between their rules do not count.
    """
    changes: list[AlertChange] = []
    for article in articles:
        before = {alert.rule_id: alert for alert in match(article, old)}
        after = {alert.rule_id: alert for alert in match(article, new)}
        gained, lost = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
        changes += [AlertChange("gained", after[rule_id]) for rule_id in gained]
        changes += [AlertChange("lost", before[rule_id]) for rule_id in lost]
    return tuple(changes)


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
    )


def _by_id(rules: RuleSet) -> Mapping[str, LoadedRule]:
    return {loaded.rule.rule_id: loaded for loaded in rules.rules}

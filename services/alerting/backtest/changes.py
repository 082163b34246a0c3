"""Two revisions of the rules → which rules differ, and which articles they fire on otherwise. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

from services.alerting.match.match import match
from services.alerting.rules.fields import Grouping
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.messages.schemas import Alert, Severity, TaggedArticle, Threshold

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContent:
    """What a rule says that has an effect: its expression in canonical form and what it does with alerts."""

    when: str
    title: str
    severity: Severity
    owner: str | None
    destinations: tuple[str, ...]
    group: Grouping
    threshold: Threshold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule that differs; ``fields`` are the names of what does."""

    rule: str
    change: Change
    old: RuleContent | None
    new: RuleContent | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One alert more or less."""

    change: Literal["gained", "lost"]
    alert: Alert


def rule_changes(old: RuleSet, new: RuleSet) -> tuple[RuleChange, ...]:
    """The rules that differ, by id. Writing the same expression in another way is no change."""
    before, after = _by_id(old), _by_id(new)
    found = (
        _rule_change(rule_id, _said(before.get(rule_id)), _said(after.get(rule_id)))
        for rule_id in sorted(before.keys() | after.keys())
    )
    return tuple(change for change in found if change is not None)


def alert_changes(
    old: RuleSet, new: RuleSet, articles: Iterable[TaggedArticle]
) -> tuple[AlertChange, ...]:
    """The alerts that one revision raises on these articles and the other does not, whatever else of their rules differs."""
    found: list[AlertChange] = []
    for article in articles:
        before, after = (
            {alert.rule_id: alert for alert in match(article, rules)} for rules in (old, new)
        )
        found += [
            AlertChange("gained", after[rule_id])
            for rule_id in sorted(after.keys() - before.keys())
        ]
        found += [
            AlertChange("lost", before[rule_id]) for rule_id in sorted(before.keys() - after.keys())
        ]
    return tuple(found)


def _rule_change(
    rule_id: str, old: RuleContent | None, new: RuleContent | None
) -> RuleChange | None:
    if old == new:
        return None
    differ = (
        tuple(name for name in _FIELDS if getattr(old, name, None) != getattr(new, name, None))
        if old and new
        else ()
    )
    change: Change = "changed" if old and new else "removed" if old else "added"
    return RuleChange(rule=rule_id, change=change, old=old, new=new, fields=differ)


_FIELDS: Final = tuple(field.name for field in fields(RuleContent))


def _said(loaded: LoadedRule | None) -> RuleContent | None:
    if loaded is None:
        return None
    rule = loaded.rule
    return RuleContent(
        when=rule.when,
        title=rule.title,
        severity=rule.severity,
        owner=loaded.owner,
        destinations=rule.destinations,
        group=loaded.group,
        threshold=rule.threshold,
    )


def _by_id(rules: RuleSet) -> Mapping[str, LoadedRule]:
    return {loaded.rule.rule_id: loaded for loaded in rules.rules}

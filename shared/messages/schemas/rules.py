"""Rules, and changes of the set of rules."""

from dataclasses import dataclass

from shared.messages.schemas.alerts import Corroboration, GroupTiming, Threshold
from shared.messages.schemas.values import Severity, UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An active rule: the canonical expression and what to do when it matches."""

    rule_id: str
    revision: str
    title: str
    severity: Severity
    when: str
    destinations: tuple[str, ...]
    threshold: Threshold | None = None
    group: GroupTiming | None = None
    needs: Corroboration | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetChange:
    """A change of the active rules: who made it, when, and what it changed.

    Its record closes the change in rules.v1. It contains a clock reading and maybe a host name,
    because it records what happened; no alert depends on either. ``number`` counts the changes from
    1. ``revision`` is the hash of the whole set after the change and ``previous`` that before it
    (empty: none); ``rules`` is the set's size. To keep the record small not all ids are listed:
    ``unnamed`` counts the others.
    """

    number: int
    revision: str
    previous: str
    rules: int
    changed_at: UtcTime
    changed_by: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unnamed: int = 0

"""What is measured of each rule: how often it is right and speaks, and whether it is dead.

Pure; the time is passed in. docs/feedback.md says how the figures are meant.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from shared.messages.schemas import Feedback, WrongReason

DAY_MS: Final = 86_400_000
WINDOW_DAYS: Final = 90
"""Alerts and notifications are kept so long."""
QUIET_DAYS: Final = 7
"""No rule is dead before: news has weeks."""
RHYTHMS: Final = 5
"""A rule is dead after so many times its usual gap: one gap in 150 of a steady rule is longer."""
UNKNOWN_RHYTHM_DAYS: Final = 30
"""How long a rule may be silent at least that fired on fewer days than ``KNOWN_FROM``."""
KNOWN_FROM: Final = 4
MAX_RULES: Final = 20_000
_Z: Final = 1.959964
"""Of the 95 % interval."""

RuleState = Literal["active", "dead", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMeasure:
    """A rule's figures.

    ``right`` and ``wrong`` count messages by what people said of them; ``precision`` is the share
    of ``right``, and its true value lies between ``low`` and ``high`` with 95 % confidence. All
    three are None without a verdict. ``reasons`` say why messages were wrong; duplicates are
    listed there, and are no verdict about the rule. ``messages`` and ``alerts`` are those of the
    last ``days``. ``gap_days`` is the usual time between two days on which it fires.
    """

    rule: str
    title: str
    right: int
    wrong: int
    precision: float | None
    low: float | None
    high: float | None
    reasons: Mapping[WrongReason, int]
    messages: int
    alerts: int
    days: int
    messages_per_day: float
    last_fired_at: datetime | None
    gap_days: float | None
    state: RuleState


@dataclass(slots=True)
class _Activity:
    """On which days since 1970 a rule fired and spoke, and when it fired last, in Unix ms."""

    alerts: Counter[int] = field(default_factory=Counter)
    messages: Counter[int] = field(default_factory=Counter)
    last_ms: int = 0


class RuleActivity:
    """Counts alerts and messages by rule and day. The order of the records does not matter."""

    def __init__(self) -> None:
        self._rules: dict[str, _Activity] = {}
        self._first_ms: int | None = None

    def take_alert(self, rule_id: str, at_ms: int) -> None:
        """Count an alert that was written at ``at_ms``."""
        activity = self._activity(rule_id, at_ms)
        if activity is not None:
            activity.alerts[at_ms // DAY_MS] += 1
            activity.last_ms = max(activity.last_ms, at_ms)

    def take_message(self, rule_ids: Iterable[str], at_ms: int) -> None:
        """Count a message that was sent for these rules."""
        for rule_id in set(rule_ids):
            activity = self._activity(rule_id, at_ms)
            if activity is not None:
                activity.messages[at_ms // DAY_MS] += 1

    def measure(
        self, titles: Mapping[str, str], feedback: Iterable[Feedback], now_ms: int
    ) -> list[RuleMeasure]:
        """Return the figures of each active rule, by its id; ``titles`` are those of all rules."""
        verdicts = count_verdicts(feedback)
        days = self._days(now_ms)
        return [
            self._measure(rule_id, titles[rule_id], verdicts.get(rule_id, Counter()), days, now_ms)
            for rule_id in sorted(titles)
        ]

    def _measure(
        self, rule_id: str, title: str, verdicts: Counter[str], days: int, now_ms: int
    ) -> RuleMeasure:
        activity = self._rules.get(rule_id) or _Activity()
        since = now_ms // DAY_MS - WINDOW_DAYS
        fired = sorted(day for day in activity.alerts if day > since)
        messages = sum(count for day, count in activity.messages.items() if day > since)
        gap = (fired[-1] - fired[0]) / (len(fired) - 1) if len(fired) > 1 else None
        right, wrong = verdicts["right"], verdicts["wrong"]
        low, high = wilson_interval(right, right + wrong) or (None, None)
        return RuleMeasure(
            rule=rule_id,
            title=title,
            right=right,
            wrong=wrong,
            precision=right / (right + wrong) if right + wrong else None,
            low=low,
            high=high,
            reasons={reason: verdicts[reason] for reason in _REASONS if verdicts[reason]},
            messages=messages,
            alerts=sum(activity.alerts[day] for day in fired),
            days=days,
            messages_per_day=round(messages / days, 2),
            last_fired_at=_moment(activity.last_ms) if activity.last_ms else None,
            gap_days=None if gap is None else round(gap, 1),
            state=_state(activity, len(fired), gap or 0.0, days, now_ms),
        )

    def _days(self, now_ms: int) -> int:
        """Return on how many days there was something to count, at least 1."""
        if self._first_ms is None:
            return 1
        return min(WINDOW_DAYS, max(1, math.ceil((now_ms - self._first_ms) / DAY_MS)))

    def _activity(self, rule_id: str, at_ms: int) -> _Activity | None:
        """Return a rule's counts; None beyond the limit of rules."""
        self._first_ms = at_ms if self._first_ms is None else min(self._first_ms, at_ms)
        if rule_id not in self._rules and len(self._rules) >= MAX_RULES:
            return None
        return self._rules.setdefault(rule_id, _Activity())


_REASONS: Final[tuple[WrongReason, ...]] = ("off_topic", "old_news", "denied", "duplicate")


def count_verdicts(feedback: Iterable[Feedback]) -> dict[str, Counter[str]]:
    """Return for each rule how many messages were right and wrong, and for which reasons.

    Each message counts once, whoever said how much of it: wrong if anybody says so of this rule,
    else right if anybody acknowledged it. A duplicate is no mistake of the rule.
    """
    said: dict[tuple[str, str, str], set[str]] = {}
    for each in feedback:
        if each.withdrawn_at is None:
            for rule_id in each.rules:
                message = (rule_id, each.destination, each.notification_id or each.story_id)
                said.setdefault(message, set()).add(each.wrong_reason or each.kind)
    counts: dict[str, Counter[str]] = {}
    for (rule_id, _, _), words in said.items():
        verdicts = counts.setdefault(rule_id, Counter())
        verdicts.update(words & set(_REASONS))
        if words & {"off_topic", "old_news", "denied"}:
            verdicts["wrong"] += 1
        elif "acknowledged" in words:
            verdicts["right"] += 1
    return counts


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """Return Wilson's 95 % score interval of a proportion; None without a trial.

    Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    if trials == 0:
        return None
    share, square = successes / trials, _Z * _Z
    centre = share + square / (2 * trials)
    spread = _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _state(activity: _Activity, fired_days: int, gap: float, days: int, now_ms: int) -> RuleState:
    """Return whether a rule has been silent for much longer than it usually is."""
    least = QUIET_DAYS if fired_days >= KNOWN_FROM else UNKNOWN_RHYTHM_DAYS
    limit = max(least, RHYTHMS * gap)
    silent_days = (now_ms - activity.last_ms) / DAY_MS if activity.last_ms else float(days)
    if silent_days >= limit:
        return "dead"
    return "active" if activity.last_ms else "unknown"


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)

"""How urgent alerts are, compared with one another. Pure."""

from typing import Final

from shared.messages.schemas import Alert, Severity

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


def urgency(severity: Severity) -> int:
    """Return a severity's rank: the more urgent, the higher."""
    return _RANKS[severity]


def urgent_first(alert: Alert) -> tuple[int, str]:
    """Return the sort key of alerts about one article: most urgent first, then by rule id."""
    return -_RANKS[alert.severity], alert.rule_id

"""Counts the messages that a rule would have sent of recent articles. Runs in a child process.

The grouping and the routes are those that deliver. What it costs grows with the articles that fire
and the destinations that are told, so only the newest of them are counted.
"""

from collections.abc import Sequence
from typing import Any, Final

from services.alerting.backtest.message_counts import ReceiverCounts, count_messages
from services.alerting.backtest.simulation import pack_article, simulate
from services.alerting.backtest.trial_rule import TRIAL_DESTINATION, build_trial_rule
from services.alerting.match.match import match
from services.alerting.routes.routes import Routes, route_alert
from services.alerting.rules.rule_set import RuleSet
from services.board.questions.rule_preview import (
    Folders,
    decode_once,
    is_readable,
    parse_expression,
)
from shared.messages.schemas import Alert, Severity

MAX_DISPATCHES: Final = 60
"""Articles that fire, for each of their destinations: about a second of processor time."""
RECEIVERS: Final = 20


def preview_messages(
    expression: str, severity: str, records: Sequence[bytes], routes: Routes, folders: Folders
) -> dict[str, Any]:
    """Count the messages of a rule with this severity on recent articles, newest first."""
    tree, result = parse_expression(expression, folders)
    if tree is None:
        return result
    rules = RuleSet((build_trial_rule(tree, Severity(severity)),))
    alerts, articles = list[Alert](), dict[tuple[str, str], bytes]()
    firing = dispatches = 0
    for record in filter(is_readable, records):
        article = decode_once(record)
        for alert in match(article, rules):
            firing += 1
            dispatches += len(route_alert(alert, routes).destinations)
            if dispatches <= MAX_DISPATCHES:
                alerts.append(alert)
                clean = article.article
                articles[clean.article_id, clean.revision] = pack_article(article)
    counts = count_messages(simulate(alerts, articles, routes), routes)
    return result | {
        "firing": firing,
        "counted": len(alerts),
        "messages": [_receiver(each) for each in counts[:RECEIVERS]],
    }


def _receiver(counts: ReceiverCounts) -> dict[str, Any]:
    """Return what one destination would have received; null stands for the rule's own."""
    is_own = counts.destination == TRIAL_DESTINATION
    return {
        "destination": None if is_own else counts.destination,
        "receiver": counts.receiver or None,
        "messages": counts.messages,
        "alerts": counts.alerts,
        "kinds": counts.kinds,
        "days": [{"day": day.day, "messages": day.messages} for day in counts.days],
        "busiest_hour": counts.busiest_hour
        and {"at": counts.busiest_hour.at, "messages": counts.busiest_hour.messages},
    }

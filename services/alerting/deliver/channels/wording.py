"""How an alert is said to people, whatever the channel: severity, times, offices, latency. Pure; English, independent of the locale."""

from datetime import datetime
from typing import Final

from services.alerting.deliver.channels.channel import NOW, Post
from shared.messages.codec import to_utc
from shared.messages.schemas import ActorOnDate, Alert, OfficeHeld, TimeSource

SENSIBLE_MS: Final = 24 * 60 * 60 * 1000
"""An article that was published longer ago was not late because of us: its latency would say nothing."""
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_STARTS: Final = (("t-published", "published"), ("t-fetched", "fetched"))
_WITHDRAWN: Final = {
    "canceled": "withdrawn by its publisher",
    "withheld": "withheld by its publisher",
}


def moment(at: datetime) -> str:
    """``10 Sep 2018, 12:05 UTC``."""
    at = to_utc(at)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def when(alert: Alert) -> str:
    """When the article was published; where nobody knows, when it was fetched, and said so."""
    verb = "fetched" if alert.event_time_source is TimeSource.FETCHED else "published"
    return f"{verb} {moment(alert.event_time)}"


def withdrawn(alert: Alert) -> str:
    """What to say of an article that its publisher took back; nothing for a usable one."""
    return _WITHDRAWN.get(alert.pubstatus, "")


def actor(found: ActorOnDate) -> str:
    """``Mike Pompeo (Secretary of State)``, with the offices held on the article's date."""
    offices = "; ".join(_office(office) for office in found.offices)
    return f"{found.name} ({offices})" if offices else found.name


def latency(post: Post) -> str:
    """``published → here 1.8 s``; ``replayed`` for a replay; nothing where the times make no sense."""
    if post.replayed:
        return "replayed"
    for station, verb in _STARTS:
        took_ms = post.times.get(NOW, 0) - post.times.get(station, 0)
        if station in post.times and NOW in post.times and 0 <= took_ms < SENSIBLE_MS:
            return f"{verb} → here {_duration(took_ms)}"
    return ""


def burst(post: Post) -> str:
    """``5 articles from 5 sources within 1 h`` where a rule's threshold was met; nothing for other notifications."""
    alerts = post.notification.alerts
    return post.notification.reason if alerts and alerts[0].threshold else ""


def summary(post: Post) -> str:
    """One line: severity, headline, source, date and rule; for a notice without alerts, its reason."""
    alerts = post.notification.alerts
    if not alerts:
        return post.notification.reason
    first = alerts[0]
    if told := burst(post):
        return f"{first.severity.capitalize()}: {first.rule_title}: {told} (last: {first.headline}, {first.source}, {when(first)})"
    more = f" (+{len(alerts) - 1} similar)" if len(alerts) > 1 else ""
    notes = ", ".join(filter(None, [first.source, when(first), withdrawn(first)]))
    return (
        f"{first.severity.capitalize()}: {first.headline}{more} ({notes}; rule {first.rule_title})"
    )


def _office(office: OfficeHeld) -> str:
    acting = "acting " if office.acting else ""
    return f"{acting}{office.title}" + ("" if office.verified else ", dates unverified")


def _duration(ms: int) -> str:
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min" if seconds < 3_600 else f"{int(seconds // 3_600)} h"

"""The words for alerts that all channels share: severity, times, offices, latency.

Pure; English, independent of the locale.
"""

from datetime import datetime
from typing import Final

from services.alerting.deliver.channels.channel import NOW, Post
from shared.messages.codec import to_utc
from shared.messages.schemas import ActorOnDate, Alert, NotifiedArticle, OfficeHeld, TimeSource

MAX_LATENCY_MS: Final = 24 * 60 * 60 * 1000
"""An article published longer ago was not late because of us: its latency would mean nothing."""
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


def format_time(time: datetime) -> str:
    """Format a time as ``10 Sep 2018, 12:05 UTC``."""
    time = to_utc(time)
    return f"{_format_day(time)}, {time:%H:%M} UTC"


def _format_day(time: datetime) -> str:
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}"


def publication_time(article: Alert | NotifiedArticle) -> str:
    """Say when the article was published or, if that is unknown, when it was fetched.

    A day is said as a day, and of a clock time without a zone that its zone is unknown.
    """
    verb = "fetched" if article.event_time_source is TimeSource.FETCHED else "published"
    time = to_utc(article.event_time)
    if article.event_time_precision == "day":
        return f"{verb} {_format_day(time)}"
    if article.event_time_precision == "zoneless":
        return f"{verb} {_format_day(time)}, {time:%H:%M}, time zone unknown"
    return f"{verb} {format_time(time)}"


def withdrawal_note(article: Alert | NotifiedArticle) -> str:
    """Say that the publisher withdrew the article; empty for a usable one."""
    return _WITHDRAWN.get(article.pubstatus, "")


def format_actor(actor: ActorOnDate) -> str:
    """Format an actor with the principal office that day: ``Mike Pompeo (Secretary of State)``."""
    return f"{actor.name} ({_office(actor.offices[0])})" if actor.offices else actor.name


def latency(post: Post) -> str:
    """Say ``published → here 1.8 s``, or ``replayed``; empty if the times make no sense."""
    if post.is_replay:
        return "replayed"
    for checkpoint, verb in _STARTS:
        latency_ms = post.times.get(NOW, 0) - post.times.get(checkpoint, 0)
        if {checkpoint, NOW} <= post.times.keys() and 0 <= latency_ms < MAX_LATENCY_MS:
            return f"{verb} → here {_duration(latency_ms)}"
    return ""


def _office(office: OfficeHeld) -> str:
    acting = "acting " if office.acting else ""
    return f"{acting}{office.title}" + ("" if office.verified else ", dates unverified")


def _duration(ms: int) -> str:
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min" if seconds < 3_600 else f"{int(seconds // 3_600)} h"

"""When a destination's daily line is due, and what it says. Pure.

A line is due at its hour of the receiver's zone, once on each local day, whatever clocks do. After
an outage there is one line for all of it, not one for each day.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.alerting.routes.local_times import DigestTime
from services.alerting.short_alert import clip
from services.alerting.watch.tallies import MAX_MATCHED
from shared.messages.ids import content_id
from shared.messages.schemas import (
    AlertOutcome,
    DailyFigures,
    DailyTally,
    Dispatch,
    QuietSource,
    Severity,
)

MAX_LATE: Final = timedelta(days=8)
"""Lines that were due before are not looked for: a longer outage has one line all the same."""
SHOWN_SOURCES: Final = 5
NAME_CHARACTERS: Final = 60
_WORDS: Final = {
    AlertOutcome.FOLDED: "folded because they say nothing new",
    AlertOutcome.COUNTED: "only counted",
}
"""How outcomes are said whose names do not explain themselves."""


def find_due_line(daily: DigestTime, tally: DailyTally, now: datetime) -> datetime | None:
    """Return when the destination's line was due that is to be sent now; None if none is."""
    zone = ZoneInfo(daily.zone)
    last_day = tally.due.astimezone(zone).date() if tally.due else None
    moment = max(tally.due or tally.since, now - MAX_LATE)
    latest = None
    for due in _due_times(daily, moment, now):
        day = due.astimezone(zone).date()
        if last_day is None or day > last_day:
            latest, last_day = due, day
    return latest


def _due_times(daily: DigestTime, moment: datetime, now: datetime) -> Iterator[datetime]:
    due = daily.next_after(moment)
    while due <= now:
        yield due
        due = daily.next_after(due)


def build_figures(
    tally: DailyTally,
    *,
    due: datetime,
    articles: int,
    quiet: tuple[QuietSource, ...],
    waiting: int,
    parked: int,
) -> DailyFigures:
    """Return the figures of a line; ``articles`` were read in all."""
    return DailyFigures(
        since=tally.since,
        until=due,
        articles=max(0, articles - tally.articles_before),
        matched=len(tally.matched),
        messages=tally.messages,
        withheld=dict(sorted(tally.withheld.items())),
        waiting=waiting,
        parked=parked,
        quiet=quiet,
    )


def build_line(destination: str, daily: DigestTime, figures: DailyFigures) -> Dispatch:
    """Return the dispatch of a line.

    Built again after a crash it has the same id, and deliver sends it once.
    """
    return Dispatch(
        dispatch_id=content_id("daily", destination, figures.until.isoformat()),
        destination=destination,
        kind="notice",
        severity=Severity.INFO,
        reason=describe(figures, ZoneInfo(daily.zone)),
        daily=figures,
    )


def describe(figures: DailyFigures, zone: ZoneInfo) -> str:
    """Return the line: what was read and matched; below it who is quiet, and what was not sent."""
    local = figures.since.astimezone(zone)
    since = f"{local:%a} {local.day} {local:%b %H:%M}"
    matched = f"{MAX_MATCHED} or more" if figures.matched >= MAX_MATCHED else str(figures.matched)
    parts = [f"{_count(figures.articles, 'article')} read", f"{matched} matched"]
    if figures.quiet:
        sources = _count(len(figures.quiet), "source")
        parts.append(f"{sources} quiet three times longer than usual")
    return "\n".join([f"Since {since}: {', '.join(parts)}", *_details(figures)])


def _details(figures: DailyFigures) -> Iterator[str]:
    if figures.quiet:
        yield f"Quiet: {_list_quiet(figures.quiet)}"
    withheld = [
        f"{figures.withheld[outcome]} {_WORDS.get(outcome, str(outcome))}"
        for outcome in AlertOutcome
        if figures.withheld.get(outcome)
    ]
    if figures.messages or withheld or figures.matched:
        yield f"{_count(figures.messages, 'message')} sent"
    if withheld:
        yield f"Alerts that were not sent: {', '.join(withheld)}"
    kept = [f"{figures.waiting} waiting"] if figures.waiting else []
    kept += [f"{figures.parked} parked"] if figures.parked else []
    if kept:
        yield f"Not delivered yet: {', '.join(kept)}"


def _list_quiet(quiet: tuple[QuietSource, ...]) -> str:
    listed = [
        f"{clip(each.source, NAME_CHARACTERS)} for {format_span(each.quiet_s)}"
        f" (usually {format_span(each.usual_s)} at most)"
        for each in quiet[:SHOWN_SOURCES]
    ]
    left = len(quiet) - len(listed)
    return ", ".join(listed) + (f" and {left} more" if left else "")


def format_span(seconds: int) -> str:
    """Return a duration as people say it: ``40 min``, ``9 h``, ``3 d``."""
    if seconds < 90 * 60:
        return f"{max(1, round(seconds / 60))} min"
    hours = seconds / 3_600
    return f"{round(hours)} h" if hours < 48 else f"{round(hours / 24)} d"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

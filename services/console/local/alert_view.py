"""An alert on the terminal: what happened, why it fired, who is in it, where time went. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from services.alerting.count.burst_dispatches import PLURALS, format_duration
from shared.messages.headers import REPLAY_ID, hops, latency_record
from shared.messages.schemas import ActorOnDate, Alert, Excerpt, Severity

COLOURS: Final = {
    Severity.INFO: "blue",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "magenta",
    Severity.CRITICAL: "red",
}
SHOWN_EXCERPTS: Final = 5
SHOWN_ACTORS: Final = 6


def panel(alert: Alert, headers: Mapping[str, str]) -> Panel:
    """Return the alert in a frame; ``headers`` are those of its record."""
    colour = COLOURS[alert.severity]
    lines = [
        Text(alert.headline, style="bold"),
        Text(_facts(alert), style="dim"),
        *map(_excerpt, alert.excerpts[:SHOWN_EXCERPTS]),
    ]
    lines += [
        _actors(alert.actors[:SHOWN_ACTORS]),
        Text(_counts(alert), style="dim"),
        Text(time_spent(headers), style="dim"),
    ]
    title = Text(f" {alert.severity.upper()} · {alert.rule_title} ", style=f"bold {colour}")
    return Panel(
        Group(*(line for line in lines if line.plain)),
        title=title,
        title_align="left",
        border_style=colour,
        subtitle=alert.rule_id,
    )


def time_spent(headers: Mapping[str, str]) -> str:
    """Return the time that each stage took; of a replayed article only that of the replay."""
    is_replay = REPLAY_ID in headers
    parts = [
        f"{hop} +{seconds * 1000:.0f} ms"
        for hop, seconds in hops(latency_record(headers)).items()
        if not (is_replay and hop == "fetched")
    ]
    return ("replayed · " if is_replay else "") + " · ".join(parts)


def _counts(alert: Alert) -> str:
    """Return what the alert counts towards if its rule has a threshold, else nothing."""
    threshold = alert.threshold
    if threshold is None:
        return ""
    window = format_duration(threshold.within_s)
    return f"counts towards {threshold.count} {PLURALS[threshold.distinct]} within {window}"


def _facts(alert: Alert) -> str:
    source = f" ({alert.event_time_source})" if alert.event_time_source != "page" else ""
    time = alert.event_time
    formatted = {
        "day": f"{time:%Y-%m-%d}",
        "zoneless": f"{time:%Y-%m-%d %H:%M}, time zone unknown",
        "moment": f"{time:%Y-%m-%d %H:%M} UTC",
    }[alert.event_time_precision]
    return " · ".join(filter(None, [alert.source, formatted + source, alert.url]))


def _excerpt(excerpt: Excerpt) -> Text:
    text = Text(f"  {excerpt.text}")
    for mark in excerpt.marks:
        text.stylize("bold reverse", mark.start + 2, mark.end + 2)
    return text


def _actors(actors: Iterable[ActorOnDate]) -> Text:
    return Text("; ".join(f"{actor.name}{_office(actor)}" for actor in actors), style="italic")


def _office(actor: ActorOnDate) -> str:
    """Return the actor's principal office on the date, after a comma."""
    if not actor.offices:
        return ""
    office = actor.offices[0]
    acting = "acting " if office.acting else ""
    return f", {acting}{office.title}" + ("" if office.verified else " (unverified)")

"""An alert as a person wants to read it on a terminal: what, why, who, and where the time went. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from services.alerting.notify.thresholds import PLURALS, format_duration
from shared.messages import headers
from shared.messages.schemas import ActorOnDate, Alert, Excerpt, Severity

COLOURS: Final = {
    Severity.INFO: "blue",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "magenta",
    Severity.CRITICAL: "red",
}
MOST_EXCERPTS: Final = 3
MOST_ACTORS: Final = 6


def panel(alert: Alert, told: Mapping[str, str]) -> Panel:
    """The alert in a frame; ``told`` are its record's headers."""
    colour = COLOURS[alert.severity]
    lines = [
        Text(alert.headline, style="bold"),
        Text(_facts(alert), style="dim"),
        *map(_excerpt, alert.excerpts[:MOST_EXCERPTS]),
    ]
    lines += [
        _actors(alert.actors[:MOST_ACTORS]),
        Text(_counts(alert), style="dim"),
        Text(time_spent(told), style="dim"),
    ]
    title = Text(f" {alert.severity.upper()} · {alert.rule_title} ", style=f"bold {colour}")
    return Panel(
        Group(*(line for line in lines if line.plain)),
        title=title,
        title_align="left",
        border_style=colour,
        subtitle=alert.rule_id,
    )


def time_spent(told: Mapping[str, str]) -> str:
    """Where the time went, station by station; of a replayed article only what happened in the replay."""
    replayed = headers.REPLAY_ID in told
    hops = headers.hops(headers.latency_record(told))
    shown = [
        f"{hop} +{seconds * 1000:.0f} ms"
        for hop, seconds in hops.items()
        if not (replayed and hop == "fetched")
    ]
    return ("replayed · " if replayed else "") + " · ".join(shown)


def _counts(alert: Alert) -> str:
    """That it is no news by itself, where its rule has a threshold."""
    wanted = alert.threshold
    return (
        f"counts towards {wanted.count} {PLURALS[wanted.distinct]} within {format_duration(wanted.within_s)}"
        if wanted
        else ""
    )


def _facts(alert: Alert) -> str:
    source = f" ({alert.event_time_source})" if alert.event_time_source != "page" else ""
    return " · ".join(
        filter(None, [alert.source, f"{alert.event_time:%Y-%m-%d %H:%M} UTC{source}", alert.url])
    )


def _excerpt(excerpt: Excerpt) -> Text:
    text = Text(f"  {excerpt.text}")
    for mark in excerpt.marks:
        text.stylize("bold reverse", mark.start + 2, mark.end + 2)
    return text


def _actors(actors: Iterable[ActorOnDate]) -> Text:
    return Text("; ".join(f"{actor.name}{_offices(actor)}" for actor in actors), style="italic")


def _offices(actor: ActorOnDate) -> str:
    titles = [
        f"{'acting ' if held.acting else ''}{held.title}{'' if held.verified else ' (unverified)'}"
        for held in actor.offices
    ]
    return f", {' and '.join(titles)}" if titles else ""

"""What each receiver would have received: lines for people, and JSON objects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from services.alerting.backtest.changes import ReceiverChange
from services.alerting.backtest.message_counts import (
    MESSAGE_KINDS,
    Busiest,
    DayCounts,
    ReceiverCounts,
)
from services.console.printing.plurals import count_of

_SHOWN_DAYS: Final = 3


def receiver_lines(receivers: Sequence[ReceiverCounts], days: int) -> Iterator[str]:
    """Yield two lines for each receiver; ``days`` is what the average is over."""
    if receivers:
        yield "messages, by receiver"
    width = _width(receivers)
    for counts in receivers:
        average = f"{counts.messages / max(days, 1):8.1f} a day"
        behind = f"from {count_of(counts.alerts, 'alert')}"
        yield f"  {_name(counts):{width}} {counts.messages:7}   {average}   {behind}"
        yield f"    {describe_kinds(counts.kinds)}"
        busiest = [day for day in counts.over(0)[:_SHOWN_DAYS] if day.messages > 1]
        hour = _hour_text(counts.busiest_hour)
        if busiest or hour:
            text = ", ".join(f"{day.day} {day.messages}" for day in busiest)
            yield "    " + "; ".join(filter(None, (f"busiest {text}" if text else "", hour)))


def describe_kinds(kinds: Mapping[str, int]) -> str:
    """Return what is sent and, apart from it, what is not."""
    sent = [f"{count} {kind}" for kind, count in kinds.items() if kind in MESSAGE_KINDS]
    kept = [f"{count} {kind}" for kind, count in kinds.items() if kind not in MESSAGE_KINDS]
    kept_text = f"without a message of their own: {', '.join(kept)}" if kept else ""
    return "; ".join(filter(None, (", ".join(sent), kept_text)))


def receiver_json(counts: ReceiverCounts, days: int) -> dict[str, Any]:
    """Return a receiver's totals as a JSON object."""
    return {
        "destination": counts.destination,
        "receiver": counts.receiver or None,
        "messages": counts.messages,
        "messages_per_day": round(counts.messages / max(days, 1), 2),
        "alerts": counts.alerts,
        "kinds": counts.kinds,
        "busiest_day": asdict(counts.busiest_day) if counts.busiest_day else None,
        "busiest_hour": asdict(counts.busiest_hour) if counts.busiest_hour else None,
    }


def receiver_day_json(destination: str, day: DayCounts) -> dict[str, Any]:
    """Return one day of a receiver as a JSON object."""
    return {"destination": destination, **asdict(day)}


def change_lines(changes: Sequence[ReceiverChange], days: int) -> Iterator[str]:
    """Yield two lines for each receiver: its messages before and after, and of which kinds."""
    if changes:
        yield f"messages on {count_of(days, 'day')}, by receiver"
    shown = [counts for change in changes if (counts := change.new or change.old)]
    width = _width(shown)
    for change, counts_shown in zip(changes, shown, strict=True):
        before, after = _messages(change.old), _messages(change.new)
        yield f"  {_name(counts_shown):{width}} {before} → {after}"
        for sign, counts in (("-", change.old), ("+", change.new)):
            if counts is not None and change.old != change.new:
                yield f"    {sign} {describe_kinds(counts.kinds)}"


def change_json(change: ReceiverChange, days: int) -> dict[str, Any]:
    """Return a receiver's totals under both revisions as a JSON object."""
    old, new = (
        None if counts is None else receiver_json(counts, days)
        for counts in (change.old, change.new)
    )
    return {"destination": change.destination, "days": days, "old": old, "new": new}


def _messages(counts: ReceiverCounts | None) -> int:
    return counts.messages if counts else 0


def _width(receivers: Sequence[ReceiverCounts]) -> int:
    return max((len(_name(counts)) for counts in receivers), default=0)


def _name(counts: ReceiverCounts) -> str:
    return f"{counts.destination} ({counts.receiver})" if counts.receiver else counts.destination


def _hour_text(busiest: Busiest | None) -> str:
    if busiest is None or busiest.messages < 2:
        return ""
    return f"busiest hour {busiest.at}, {busiest.messages} messages"

"""When the matches of a rule become a burst: a pure fold over counted alerts, by event time.

A rule's threshold is met when ``count`` alerts with different values of ``distinct`` lie within
``within`` of each other by their articles' event times, in whatever order they arrive. All alerts
of that window are notified together. The window is then closed: later alerts that fall into it are
folded in silently, and the next burst needs ``count`` alerts outside it. An article counts once,
however many revisions of it arrive. A changed rule starts counting from zero.

Notified windows are forgotten by event time, the oldest first, and the end of the latest forgotten
one is remembered: a burst with older alerts may have been notified before, and is marked so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.messages.schemas import AlertOutcome, CountedAlert, NotifiedWindow, RuleHits, Threshold

MAX_HITS: Final = 200
"""Alerts remembered per rule, the latest arrivals: twice the largest threshold."""
MAX_WINDOWS: Final = 200
"""Notified windows remembered per rule, the latest by event time: 26 KB.

A rule notifies at most once per ``within``, so 200 windows of an hour are eight days of bursts.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowUpdate:
    """What one alert changes: the rule's memory after it, its outcome, and the burst it completed.

    ``outcome`` is None for an alert that was counted before. ``maybe_told``: an alert of the burst
    may have been notified in a window that is forgotten.
    """

    after: RuleHits
    outcome: AlertOutcome | None
    burst: tuple[CountedAlert, ...] = ()
    maybe_told: bool = False


def apply_alert(
    before: RuleHits,
    counted: CountedAlert,
    threshold: Threshold,
    *,
    max_hits: int = MAX_HITS,
    max_windows: int = MAX_WINDOWS,
) -> WindowUpdate:
    """Fold one alert into its rule's memory; one that arrives as ``told`` does not count."""
    if any(earlier.alert_id == counted.alert_id for earlier in before.hits):
        return WindowUpdate(after=before, outcome=None)
    revisions, remaining = _split_by_article(before.hits, counted, max_hits)
    is_counted_off = counted.told or any(earlier.told for earlier in revisions)
    if is_counted_off or _is_in_notified_window(before.windows, counted, threshold):
        after = replace(before, hits=(*remaining, replace(counted, told=True)))
        return WindowUpdate(after=after, outcome=AlertOutcome.FOLDED)
    burst = _find_burst([*_pending(remaining, counted), counted], counted, threshold)
    if not burst:
        after = replace(before, hits=(*remaining, counted))
        return WindowUpdate(after=after, outcome=AlertOutcome.COUNTED)
    ids = {member.alert_id for member in burst}
    hits = tuple(
        replace(entry, told=True) if entry.alert_id in ids else entry
        for entry in (*remaining, counted)
    )
    start_ms = burst[0].at_ms
    window = NotifiedWindow(
        rule_revision=counted.rule_revision,
        start_ms=start_ms,
        end_ms=start_ms + threshold.within_s * 1000,
    )
    return WindowUpdate(
        after=_add_window(replace(before, hits=hits), window, threshold, max_windows),
        outcome=AlertOutcome.NOTIFIED,
        burst=burst,
        maybe_told=before.forgotten_ms is not None and start_ms <= before.forgotten_ms,
    )


def count_alerts(after: RuleHits, counted: CountedAlert, threshold: Threshold) -> int:
    """Return how many different values the fullest window around ``counted`` holds so far."""
    nearby = _nearby(_pending(after.hits, counted), counted, threshold)
    return max((distinct for _, _, distinct in _windows(nearby, counted, threshold)), default=0)


def _pending(hits: Sequence[CountedAlert], counted: CountedAlert) -> list[CountedAlert]:
    """Return the alerts of the same rule revision that were not notified yet."""
    return [
        entry for entry in hits if not entry.told and entry.rule_revision == counted.rule_revision
    ]


def _split_by_article(
    hits: Sequence[CountedAlert], counted: CountedAlert, max_hits: int
) -> tuple[tuple[CountedAlert, ...], tuple[CountedAlert, ...]]:
    """Split off earlier revisions of the counted's article under the same rule revision.

    Of the remaining alerts the latest are returned, as many as fit beside ``counted``.
    """
    article = (counted.article_id, counted.rule_revision)
    revisions = tuple(entry for entry in hits if (entry.article_id, entry.rule_revision) == article)
    remaining = tuple(entry for entry in hits if (entry.article_id, entry.rule_revision) != article)
    return revisions, remaining[-(max_hits - 1) :]


def _is_in_notified_window(
    windows: Sequence[NotifiedWindow], counted: CountedAlert, threshold: Threshold
) -> bool:
    return any(
        window.rule_revision == counted.rule_revision
        and 0 <= counted.at_ms - window.start_ms <= threshold.within_s * 1000
        for window in windows
    )


def _find_burst(
    pending: Sequence[CountedAlert], counted: CountedAlert, threshold: Threshold
) -> tuple[CountedAlert, ...]:
    """Return the alerts of the earliest window around ``counted`` that meets the threshold."""
    nearby = _nearby(pending, counted, threshold)
    for start, end, distinct in _windows(nearby, counted, threshold):
        if distinct >= threshold.count:
            return tuple(nearby[start:end])
    return ()


def _nearby(
    pending: Sequence[CountedAlert], counted: CountedAlert, threshold: Threshold
) -> list[CountedAlert]:
    """Return the alerts that can share a window with ``counted``, by event time.

    Only a window that holds ``counted`` can be met now and not before.
    """
    length_ms = threshold.within_s * 1000
    return sorted(
        (entry for entry in pending if abs(entry.at_ms - counted.at_ms) <= length_ms),
        key=lambda entry: (entry.at_ms, entry.alert_id),
    )


def _windows(
    nearby: Sequence[CountedAlert], counted: CountedAlert, threshold: Threshold
) -> Iterator[tuple[int, int, int]]:
    """Yield each window that holds ``counted``, the earliest first: (start, end, distinct values).

    ``start`` and ``end`` (exclusive) are indices into ``nearby``.
    """
    values, end = Counter[str](), 0
    for start, first in enumerate(nearby):
        if first.at_ms > counted.at_ms:
            return
        while end < len(nearby) and nearby[end].at_ms <= first.at_ms + threshold.within_s * 1000:
            values[nearby[end].value] += 1
            end += 1
        yield start, end, len(values)
        values[first.value] -= 1
        if not values[first.value]:
            del values[first.value]


def _add_window(
    memory: RuleHits, window: NotifiedWindow, threshold: Threshold, max_windows: int
) -> RuleHits:
    """Remember one more window; of too many, forget the ones that end first and note how far."""
    windows = (*memory.windows, window)

    def end_ms(window: NotifiedWindow) -> int:
        return window.end_ms or window.start_ms + threshold.within_s * 1000

    forgotten = sorted(windows, key=end_ms)[: max(0, len(windows) - max_windows)]
    if not forgotten:
        return replace(memory, windows=windows)
    forgotten_ms = max(end_ms(window) for window in forgotten)
    return replace(
        memory,
        windows=tuple(window for window in windows if window not in forgotten),
        forgotten_ms=max(forgotten_ms, memory.forgotten_ms or forgotten_ms),
    )

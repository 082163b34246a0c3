"""How hits of a rule become a burst: a fold over sets of articles, on event time. Pure.

A rule's threshold is met when ``count`` hits that differ in ``distinct`` lie within ``within`` of each other, by the articles' event times and in
whatever order they come. All hits of that window are told at once. Then the window is closed: what else belongs to it is folded in silently,
and the next burst needs ``count`` hits outside. An article counts once, however many revisions of it come; a changed rule begins anew.

Windows that were told are forgotten by event time, the oldest first, and how far is kept: a burst of hits that are older than that may have
been told, and says so.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.messages.schemas import AlertOutcome, CountedAlert, NotifiedWindow, RuleHits, Threshold

MAX_HITS: Final = 200
"""Of each rule the last so many hits count, in the order in which they came: twice what a threshold may ask for, and bounded."""
MAX_WINDOWS: Final = 200
"""Of each rule, the latest by event time: 26 KB. A rule tells once in its ``within``, so 200 of an hour are eight days of nothing but news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowUpdate:
    """What one hit leads to: the memory after it, its outcome (None: the alert is known), and the hits of the burst that it completed.

    ``maybe_told``: a hit of the burst may have been told in a window that is forgotten.
    """

    after: RuleHits
    outcome: AlertOutcome | None
    burst: tuple[CountedAlert, ...] = ()
    maybe_told: bool = False


def apply_alert(
    before: RuleHits,
    hit: CountedAlert,
    threshold: Threshold,
    *,
    kept_hits: int = MAX_HITS,
    kept_windows: int = MAX_WINDOWS,
) -> WindowUpdate:
    """Fold one hit in; one that is ``told`` from the start counts for nothing. The last two say how much is remembered."""
    if any(known.alert_id == hit.alert_id for known in before.hits):
        return WindowUpdate(after=before, outcome=None)
    same, others = _split(before.hits, hit, kept_hits)
    if hit.told or any(known.told for known in same) or _is_told(before.windows, hit, threshold):
        return WindowUpdate(
            after=replace(before, hits=(*others, replace(hit, told=True))),
            outcome=AlertOutcome.FOLDED,
        )
    burst = _burst(
        [*(one for one in others if not one.told and one.rule_revision == hit.rule_revision), hit],
        hit,
        threshold,
    )
    if not burst:
        return WindowUpdate(
            after=replace(before, hits=(*others, hit)), outcome=AlertOutcome.COUNTED
        )
    ids = {one.alert_id for one in burst}
    marked = tuple(
        replace(one, told=True) if one.alert_id in ids else one for one in (*others, hit)
    )
    start_ms = burst[0].at_ms
    window = NotifiedWindow(
        rule_revision=hit.rule_revision,
        start_ms=start_ms,
        end_ms=start_ms + threshold.within_s * 1000,
    )
    after = _closed(replace(before, hits=marked), window, threshold, kept_windows)
    maybe_told = before.forgotten_ms is not None and start_ms <= before.forgotten_ms
    return WindowUpdate(
        after=after, outcome=AlertOutcome.NOTIFIED, burst=burst, maybe_told=maybe_told
    )


def count_alerts(after: RuleHits, hit: CountedAlert, threshold: Threshold) -> int:
    """How many different hits the fullest window around ``hit`` holds so far."""
    pending = [one for one in after.hits if not one.told and one.rule_revision == hit.rule_revision]
    near = _near(pending, hit, threshold)
    return max((different for _, _, different in _windows(near, hit, threshold)), default=0)


def _split(
    hits: Sequence[CountedAlert], hit: CountedAlert, kept: int
) -> tuple[tuple[CountedAlert, ...], tuple[CountedAlert, ...]]:
    """Earlier revisions of the hit's article under the same rule; and the rest, as many as may be kept beside ``hit``."""
    same = [
        (one.article_id, one.rule_revision) == (hit.article_id, hit.rule_revision) for one in hits
    ]
    others = tuple(one for one, is_same in zip(hits, same, strict=True) if not is_same)
    return tuple(one for one, is_same in zip(hits, same, strict=True) if is_same), others[
        -(kept - 1) :
    ]


def _is_told(windows: Sequence[NotifiedWindow], hit: CountedAlert, threshold: Threshold) -> bool:
    return any(
        told.rule_revision == hit.rule_revision
        and 0 <= hit.at_ms - told.start_ms <= threshold.within_s * 1000
        for told in windows
    )


def _burst(
    pending: Sequence[CountedAlert], hit: CountedAlert, threshold: Threshold
) -> tuple[CountedAlert, ...]:
    """The hits of the earliest window around ``hit`` that meets the threshold, by event time; none where there is no such window."""
    near = _near(pending, hit, threshold)
    return next(
        (
            tuple(near[start:end])
            for start, end, different in _windows(near, hit, threshold)
            if different >= threshold.count
        ),
        (),
    )


def _near(
    pending: Sequence[CountedAlert], hit: CountedAlert, threshold: Threshold
) -> list[CountedAlert]:
    """Those that can share a window with ``hit``, by event time. No window without it can be met now that was not before."""
    length = threshold.within_s * 1000
    return sorted(
        (one for one in pending if abs(one.at_ms - hit.at_ms) <= length),
        key=lambda one: (one.at_ms, one.alert_id),
    )


def _windows(
    near: Sequence[CountedAlert], hit: CountedAlert, threshold: Threshold
) -> Iterator[tuple[int, int, int]]:
    """Of each window that holds ``hit``, the earliest first: where it starts and ends among ``near`` (exclusive), and how many differ."""
    values, end = Counter[str](), 0
    for start, first in enumerate(near):
        if first.at_ms > hit.at_ms:
            return
        while end < len(near) and near[end].at_ms <= first.at_ms + threshold.within_s * 1000:
            values[near[end].value] += 1
            end += 1
        yield start, end, len(values)
        values[first.value] -= 1
        if not values[first.value]:
            del values[first.value]


def _closed(memory: RuleHits, window: NotifiedWindow, threshold: Threshold, kept: int) -> RuleHits:
    """The memory with one more window; of too many the ones that end first go, and until when is remembered."""
    windows = (*memory.windows, window)

    def end_ms(one: NotifiedWindow) -> int:
        return one.end_ms or one.start_ms + threshold.within_s * 1000

    gone = sorted(windows, key=end_ms)[: max(0, len(windows) - kept)]
    forgotten = max((end_ms(one) for one in gone), default=None)
    if forgotten is None:
        return replace(memory, windows=windows)
    latest = max(forgotten, memory.forgotten_ms or forgotten)
    return replace(
        memory, windows=tuple(one for one in windows if one not in gone), forgotten_ms=latest
    )

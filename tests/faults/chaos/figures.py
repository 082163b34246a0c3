"""Figures from samples: slopes, recovery times, and probes that wrongly said 200. Pure."""

import bisect
import itertools
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Sample = tuple[float, float]
"""A time in seconds, and a value."""
Span = tuple[float, float]
"""From when to when, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Recovery times after the faults of a kind; ``never`` counts those without a recovery."""

    times: int
    median_s: float | None
    max_s: float | None
    never: int


def pooled_slope(groups: Iterable[Sequence[Sample]]) -> float | None:
    """Fit one slope (value per second) to groups of samples that each have a level of their own.

    A process that is started again is another group: its memory begins anew, its growth should not.
    None where no group has two samples at different times.
    """
    above = below = 0.0
    for samples in groups:
        if len(samples) < 2:
            continue
        middle_t = statistics.fmean(t for t, _ in samples)
        middle_v = statistics.fmean(v for _, v in samples)
        above += sum((t - middle_t) * (v - middle_v) for t, v in samples)
        below += sum((t - middle_t) ** 2 for t, _ in samples)
    return above / below if below else None


def after_warm_up(samples: Sequence[Sample], warm_up_s: float) -> Sequence[Sample]:
    """Return the samples of one process without those of its first ``warm_up_s`` seconds."""
    return [sample for sample in samples if sample[0] - samples[0][0] >= warm_up_s]


def first_after(times: Sequence[float], moment: float) -> float | None:
    """Return how long after a moment the next of the (sorted) times is; None if there is none."""
    place = bisect.bisect_right(times, moment)
    return times[place] - moment if place < len(times) else None


def caught_up_after(done: Mapping[int, Span], moment: float) -> float | None:
    """Return how long after a moment the last of the work under way at that moment was done.

    ``done``: when each article was sent and when its alert came. None if nothing was under way.
    """
    late = [end - moment for begin, end in done.values() if begin <= moment < end]
    return max(late) if late else None


def recovery(waits: Sequence[float | None]) -> Recovery:
    """Sum up the waits after the faults of one kind."""
    came = [wait for wait in waits if wait is not None]
    return Recovery(
        times=len(waits),
        median_s=statistics.median(came) if came else None,
        max_s=max(came) if came else None,
        never=len(waits) - len(came),
    )


def false_green_s(
    ready: Sequence[tuple[float, bool]], away: Sequence[Span], grace_s: float
) -> float:
    """Return for how long a probe said 200 although the broker had been away for ``grace_s``.

    ``ready``: the (sorted) answers of one probe; each holds until the next.
    """
    seconds = 0.0
    for (begin, is_ready), (end, _) in itertools.pairwise(ready):
        if is_ready:
            seconds += sum(_overlap((begin, end), (gone + grace_s, back)) for gone, back in away)
    return seconds


def _overlap(left: Span, right: Span) -> float:
    return max(0.0, min(left[1], right[1]) - max(left[0], right[0]))

"""Lines are limited by kind, and none goes uncounted."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shared.base.log_limit import (
    LONGEST_WINDOW_S,
    MIXED_KIND,
    WINDOW_S,
    HeldBack,
    LogKind,
    LogLimit,
)

KINDS = [LogKind("a", 30, "paused"), LogKind("a", 30, "dead letter"), LogKind("b", 40, "lost")]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.floats(0, 50), st.booleans()), max_size=300)
FEW = 3


@given(STEPS)
def test_never_more_than_so_many_lines_of_a_kind_in_a_window(
    steps: list[tuple[LogKind, float, bool]],
) -> None:
    """Windows start with a line, do not overlap and last at least 60 s; few lines pass in each."""
    limit, now, passed = LogLimit(FEW), 0.0, dict[LogKind, list[float]]()
    for kind, wait_s, looks in steps:
        now += wait_s
        if looks:
            limit.due(now)
        if limit.allow(kind, now):
            passed.setdefault(kind, []).append(now)
    for moments in passed.values():
        assert all(
            later - earlier > 0 for earlier, later in zip(moments, moments[2 * FEW :], strict=False)
        )
        assert (
            max(
                (
                    sum(start <= moment < start + WINDOW_S for moment in moments)
                    for start in moments
                ),
                default=0,
            )
            <= 2 * FEW
        )
        assert sum(moment < moments[0] + WINDOW_S for moment in moments) <= FEW


@given(STEPS)
def test_every_line_passes_or_is_counted_exactly_once(
    steps: list[tuple[LogKind, float, bool]],
) -> None:
    """However often somebody looks, and whenever the process stops."""
    limit, now, passed, counted = LogLimit(FEW), 0.0, Counter[LogKind](), Counter[LogKind]()
    for kind, wait_s, looks in steps:
        now += wait_s
        passed[kind] += limit.allow(kind, now)
        if looks:
            counted.update({entry.kind: entry.lines for entry in _added(limit.due(now))})
    counted.update({entry.kind: entry.lines for entry in _added(limit.flush(now))})
    assert passed + counted == Counter(kind for kind, _, _ in steps)
    assert limit.flush(now) == []


def _added(held_back: object) -> list[HeldBack]:
    """One entry a kind, because ``dict`` would keep only the last of several."""
    counts = Counter[LogKind]()
    for entry in held_back:  # type: ignore[attr-defined]
        counts[entry.kind] += entry.lines
    return [HeldBack(kind, lines, 0.0) for kind, lines in counts.items()]


def test_the_count_comes_when_the_window_ends() -> None:
    """Not earlier, once, and with the time that it stands for."""
    limit, kind = LogLimit(FEW), KINDS[0]
    assert [limit.allow(kind, second) for second in range(8)] == [True] * FEW + [False] * 5
    assert limit.due(59.0) == []
    assert limit.due(61.0) == [HeldBack(kind, 5, 61.0)]
    assert limit.due(70.0) == []


def test_a_flood_that_goes_on_grows_thinner() -> None:
    """With a line per second for a day, each window is twice as long, up to 16 minutes."""
    limit = LogLimit(FEW)
    passed, counts = 0, 0
    for second in range(86_400):
        passed += limit.allow(KINDS[0], float(second))
        counts += len(limit.due(float(second)))
    windows = 86_400 / LONGEST_WINDOW_S + 5
    assert counts <= windows
    assert passed <= FEW * windows


def test_after_a_quiet_window_all_is_as_at_first() -> None:
    """A kind that was silent may say its first lines again at once."""
    limit, kind = LogLimit(FEW), KINDS[0]
    for _ in range(FEW + 1):
        limit.allow(kind, 0.0)
    limit.due(60.0)
    limit.due(180.0)
    assert limit.allow(kind, 181.0)
    assert [limit.allow(kind, 182.0) for _ in range(FEW)] == [True] * (FEW - 1) + [False]
    assert limit.due(242.0)[0].lines == 1


def test_the_number_of_kinds_is_bounded() -> None:
    """Texts that are all different share one kind once too many are remembered."""
    limit = LogLimit(FEW, max_kinds=5)
    passed = sum(limit.allow(LogKind("a", 30, f"text {number}"), 1.0) for number in range(1_000))
    assert passed == 5 + FEW
    assert limit.flush(2.0) == [HeldBack(MIXED_KIND, 1_000 - 5 - FEW, 1.0)]

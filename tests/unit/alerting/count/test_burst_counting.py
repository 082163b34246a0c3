"""How alerts become bursts: against a slow, obvious definition, and in any order of articles."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.count.burst_counting import (
    MAX_HITS,
    MAX_WINDOWS,
    WindowUpdate,
    apply_alert,
    count_alerts,
)
from shared.messages import codec
from shared.messages.schemas import AlertOutcome, CountedAlert, RuleHits, Threshold
from tests.hypothesis_profiles import examples

WITHIN_S = 10
THREE = Threshold(count=3, within_s=WITHIN_S)
SOURCES = replace(THREE, distinct="source")


def hit(
    number: int, at_s: float, value: str = "", revision: str = "1", article: str = ""
) -> CountedAlert:
    article = article or f"article-{number}"
    return CountedAlert(
        alert_id=f"alert-{number}",
        article_id=article,
        rule_revision=revision,
        at_ms=int(at_s * 1000),
        value=value or article,
    )


def fold(
    hits: list[CountedAlert], threshold: Threshold = THREE, before: RuleHits | None = None
) -> tuple[RuleHits, list[WindowUpdate]]:
    """Return the memory after all alerts, and every step."""
    memory, steps = before or RuleHits(rule_id="r"), []
    for each in hits:
        steps.append(apply_alert(memory, each, threshold))
        memory = steps[-1].after
    return memory, steps


def outcomes(steps: list[WindowUpdate]) -> list[str]:
    return ["known" if each.outcome is None else each.outcome.value for each in steps]


def burst_ids(steps: list[WindowUpdate]) -> list[set[str]]:
    """Return the alert ids of each burst."""
    return [{each.alert_id for each in one.burst} for one in steps if one.burst]


@dataclass
class Obvious:
    """The definition, spelled out: try every window of every alert, and forget nothing."""

    threshold: Threshold
    waiting: list[CountedAlert] = field(default_factory=list)
    counted_off: list[CountedAlert] = field(default_factory=list)
    windows: list[tuple[str, int]] = field(default_factory=list)

    def take(self, new: CountedAlert) -> set[str] | None:
        if any(new.alert_id == one.alert_id for one in self.waiting + self.counted_off):
            return None
        length = self.threshold.within_s * 1000
        same = [
            one
            for one in self.waiting + self.counted_off
            if (one.article_id, one.rule_revision) == (new.article_id, new.rule_revision)
        ]
        closed = any(
            revision == new.rule_revision and start <= new.at_ms <= start + length
            for revision, start in self.windows
        )
        known = any(one in self.counted_off for one in same)
        self.waiting = [one for one in self.waiting if one not in same]
        self.counted_off = [one for one in self.counted_off if one not in same]
        if known or closed:
            self.counted_off.append(new)
            return set()
        self.waiting.append(new)
        alike = [one for one in self.waiting if one.rule_revision == new.rule_revision]
        for start in sorted(one.at_ms for one in alike):
            inside = [one for one in alike if start <= one.at_ms <= start + length]
            if len({one.value for one in inside}) >= self.threshold.count:
                self.waiting = [one for one in self.waiting if one not in inside]
                self.counted_off += inside
                self.windows.append((new.rule_revision, start))
                return {one.alert_id for one in inside}
        return set()


@st.composite
def logs(draw: st.DrawFn) -> list[CountedAlert]:
    """Draw alerts as they may be in the log.

    They have any order of event times, replays, corrections, and two revisions of the rule.
    """
    made = [
        CountedAlert(
            alert_id=f"{article}-{revision}-{version}",
            article_id=f"article-{article}",
            rule_revision=revision,
            at_ms=at_s * 1000,
            value=f"source-{source}",
        )
        for article, version, revision, at_s, source in draw(
            st.lists(
                st.tuples(
                    st.integers(0, 12),
                    st.integers(0, 1),
                    st.sampled_from("12"),
                    st.integers(0, 40),
                    st.integers(0, 4),
                ),
                max_size=30,
            )
        )
    ]
    again = draw(st.lists(st.sampled_from(made), max_size=5)) if made else []
    return made + again


@given(logs(), st.integers(2, 4))
@examples(400)
def test_the_fold_is_what_the_definition_says(log: list[CountedAlert], count: int) -> None:
    """The bursts are the same, as long as nothing was forgotten."""
    threshold = replace(SOURCES, count=count)
    obvious = Obvious(threshold)
    for each, got in zip(log, fold(log, threshold)[1], strict=True):
        wanted = obvious.take(each)
        assert (None if got.outcome is None else {one.alert_id for one in got.burst}) == wanted


@given(logs(), st.integers(0, 30))
def test_a_crash_anywhere_changes_nothing(log: list[CountedAlert], at: int) -> None:
    """What is restored from the state topic continues as if nothing had happened."""
    memory, steps = fold(log)
    first, before = fold(log[:at])
    again, after = fold(log[at:], before=codec.decode(codec.encode(first), RuleHits))
    assert before + after == steps
    assert again == memory


@given(logs())
def test_a_burst_meets_its_threshold(log: list[CountedAlert]) -> None:
    """It has enough distinct values of one rule revision within the time.

    No alert is in two bursts.
    """
    _, steps = fold(log, SOURCES)
    for burst in (one.burst for one in steps if one.burst):
        assert len({one.value for one in burst}) >= SOURCES.count
        assert max(one.at_ms for one in burst) - min(one.at_ms for one in burst) <= WITHIN_S * 1000
        assert len({one.rule_revision for one in burst}) == 1
    everything = [alert for burst in burst_ids(steps) for alert in burst]
    assert len(everything) == len(set(everything))


@given(logs(), st.randoms(use_true_random=False))
def test_whether_there_is_a_burst_does_not_depend_on_the_order(
    log: list[CountedAlert], random: object
) -> None:
    """Which alerts are in the first one may: news must not wait for stragglers."""
    once = list({one.article_id: one for one in log}.values())
    shuffled = list(once)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert bool(burst_ids(fold(once)[1])) == bool(burst_ids(fold(shuffled)[1]))


@given(logs())
def test_a_replay_of_the_log_changes_nothing(log: list[CountedAlert]) -> None:
    """The same alerts again are not news, if no article has another revision in the log."""
    once = list({one.article_id: one for one in log}.values())
    memory, _ = fold(once)
    again, steps = fold(once, before=memory)
    assert set(outcomes(steps)) <= {"known"}
    assert again == memory


def test_the_third_hit_within_the_time_makes_the_burst() -> None:
    """The edges count: exactly ``within`` apart is within."""
    assert outcomes(fold([hit(1, 0), hit(2, 5), hit(3, 10)])[1]) == [
        "counted",
        "counted",
        "notified",
    ]
    assert outcomes(fold([hit(1, 0), hit(2, 5), hit(3, 10.001)])[1]) == [
        "counted",
        "counted",
        "counted",
    ]


def test_what_follows_within_the_window_is_folded_in() -> None:
    """A burst is one message; the next one needs as many alerts outside its window."""
    steps = fold([hit(number, at) for number, at in enumerate([0, 1, 2, 3, 10, 11, 12, 13])])[1]
    assert outcomes(steps) == [
        "counted",
        "counted",
        "notified",
        "folded",
        "folded",
        "counted",
        "counted",
        "notified",
    ]


def test_a_late_article_falls_into_its_own_window() -> None:
    """It does however much later it arrives than articles that were published after it."""
    steps = fold([hit(1, 0), hit(2, 1), hit(3, 500), hit(4, 501), hit(5, 2)])[1]
    assert outcomes(steps)[-1] == "notified"
    assert burst_ids(steps) == [{"alert-1", "alert-2", "alert-5"}]


def test_ten_articles_of_one_source_are_one_voice() -> None:
    """With distinct: source they count once, and all are listed when other sources join in."""
    steps = fold(
        [*(hit(number, 1, "a") for number in range(10)), hit(10, 2, "b"), hit(11, 3, "c")], SOURCES
    )[1]
    assert outcomes(steps) == ["counted"] * 11 + ["notified"]
    assert len(burst_ids(steps)[0]) == 12


def test_a_correction_counts_once() -> None:
    """Before the burst it replaces what it corrects; after it, it is folded."""
    corrected = [
        hit(1, 0),
        hit(2, 0, article="article-1"),
        hit(3, 1),
        hit(4, 2),
        hit(5, 3, article="article-3"),
    ]
    steps = fold(corrected)[1]
    assert outcomes(steps) == ["counted", "counted", "counted", "notified", "folded"]
    assert burst_ids(steps) == [{"alert-2", "alert-3", "alert-4"}]


def test_an_article_that_was_taken_back_counts_for_nothing() -> None:
    """Its earlier revision no longer counts either."""
    steps = fold(
        [hit(1, 0), replace(hit(2, 0, article="article-1"), told=True), hit(3, 1), hit(4, 2)]
    )[1]
    assert outcomes(steps) == ["counted", "folded", "counted", "counted"]


def test_a_changed_rule_begins_anew() -> None:
    """Alerts of its earlier revision do not count for the new one.

    Both may arrive while replicas switch.
    """
    steps = fold(
        [
            hit(1, 0),
            hit(2, 1),
            hit(3, 2, revision="2"),
            hit(4, 3),
            hit(5, 4, revision="2"),
            hit(6, 5, revision="2"),
        ]
    )[1]
    assert outcomes(steps) == ["counted", "counted", "counted", "notified", "counted", "notified"]


def test_what_is_remembered_is_bounded() -> None:
    """The alerts that arrived first are forgotten first."""
    memory, _ = fold([hit(number, number * 100) for number in range(MAX_HITS + 5)])
    assert len(memory.hits) == MAX_HITS
    assert memory.hits[0].alert_id == "alert-5"


def test_bursts_that_nobody_remembers_are_told_with_a_mark_or_not_at_all() -> None:
    """When the first alerts return hundreds of bursts later, none is in two unmarked bursts.

    They return in another order.
    """
    log = [
        hit(10 * window + at, 100 * window + at)
        for window in range(MAX_WINDOWS + 50)
        for at in range(5)
    ]
    memory, steps = fold(log)
    again = fold(log[::-1], before=memory)[1]
    unmarked = [
        alert
        for one in (*steps, *again)
        if not one.maybe_told
        for alert in {each.alert_id for each in one.burst}
    ]
    assert len(unmarked) == len(set(unmarked)) == 3 * (MAX_WINDOWS + 50), (
        "and the first time all are told unmarked"
    )
    assert any(one.maybe_told and one.burst for one in again), (
        "there were repeats, or this shows nothing"
    )


def test_old_news_does_not_make_todays_news_old() -> None:
    """Windows are forgotten by event time, the oldest first.

    After hundreds of bursts of 2018, bursts of 2026 have no mark.
    """
    log = [
        hit(10 * window + at, 100 * window + at)
        for window in range(MAX_WINDOWS + 50)
        for at in range(3)
    ]
    today = 10**9
    memory, _ = fold([hit(10**6 + at, today + at) for at in range(3)] + log)
    assert len(memory.windows) == MAX_WINDOWS
    later = fold([hit(2 * 10**6 + at, today + 5 + at) for at in range(2)], before=memory)[1]
    assert outcomes(later) == ["folded", "folded"], "today's window is still closed"
    (*_, burst) = fold([hit(3 * 10**6 + at, today + 100 + at) for at in range(3)], before=memory)[1]
    assert (burst.outcome, burst.maybe_told) == (AlertOutcome.NOTIFIED, False)


@given(logs(), logs(), st.data())
@examples(200)
def test_no_alert_is_told_twice_without_a_mark(
    first: list[CountedAlert], second: list[CountedAlert], data: st.DataObject
) -> None:
    """It holds whatever is forgotten in between.

    The memory is two windows and four alerts instead of hundreds. An alert has one event time.
    """
    memory, told_unmarked, times = RuleHits(rule_id="r"), set[str](), dict[str, int]()
    for each in (*first, *second, *first):
        dated = replace(each, at_ms=times.setdefault(each.alert_id, each.at_ms))
        one = apply_alert(memory, dated, replace(THREE, count=2), max_windows=2, max_hits=4)
        ids = {hit_.alert_id for hit_ in one.burst}
        assert one.maybe_told or not ids & told_unmarked
        told_unmarked |= ids
        memory = (
            codec.decode(codec.encode(one.after), RuleHits)
            if data.draw(st.booleans())
            else one.after
        )


def test_progress_is_that_of_the_fullest_window() -> None:
    """It is what the record of a counted alert says."""
    memory, _ = fold([hit(1, 0), hit(2, 30)])
    assert count_alerts(memory, hit(2, 30), THREE) == 1
    memory, _ = fold([hit(3, 35)], before=memory)
    assert count_alerts(memory, hit(3, 35), THREE) == 2


def test_outcomes_are_values_of_the_enum() -> None:
    """The record carries them."""
    assert AlertOutcome("counted") is AlertOutcome.COUNTED

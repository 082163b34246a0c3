"""When a replay waits for the pipeline, for how long, and what it says meanwhile."""

from dataclasses import dataclass, field

import pytest

from services.console.replay.throttle import GroupLag, Throttle


@dataclass
class FakeMeter:
    """Answers with these lags of the tagger, one after the other; the last one stays."""

    lags: list[int]
    running: bool = True
    asked: int = 0
    progress: list[int] = field(default_factory=lambda: [0])

    async def measure(self) -> list[GroupLag]:
        self.asked += 1
        records = self.lags.pop(0) if len(self.lags) > 1 else self.lags[0]
        committed = self.progress.pop(0) if len(self.progress) > 1 else self.progress[0]
        return [GroupLag("cleaner", 0, 0), GroupLag("tagger", records, committed)]

    async def is_running(self, group: str) -> bool:
        assert group == "tagger"
        return self.running


def throttle(meter: FakeMeter, shown: list[str], *, stuck_s: float = 60.0) -> Throttle:
    return Throttle(meter, 100, shown.append, check_every_s=0.001, stuck_s=stuck_s)


async def test_it_waits_while_a_stage_is_behind_and_goes_on_by_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bar says for whom; nothing else is said of a stage that works."""
    shown: list[str] = []
    waiting = throttle(FakeMeter([1_500, 101, 100], progress=[0, 1, 2]), shown)
    await waiting.wait(100)
    assert shown == ["waiting for tagger (1,500)", "waiting for tagger (101)", ""]
    assert waiting.waited_s > 0
    assert capsys.readouterr().err == ""


async def test_nothing_is_shown_if_nobody_is_behind() -> None:
    """The usual case."""
    shown: list[str] = []
    await throttle(FakeMeter([100]), shown).wait(100)
    assert shown == []


async def test_it_asks_once_for_a_tenth_of_what_may_be_behind() -> None:
    """Or after a while; a timed replay would ask for every article."""
    meter = FakeMeter([0])
    waiting = Throttle(meter, 1_000, lambda _text: None, check_every_s=3_600)
    for _ in range(301):
        await waiting.wait(1)
    assert meter.asked == 4


async def test_a_stage_that_is_not_running_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Once, with what to do."""
    meter = FakeMeter([500, 500, 500, 0], running=False)
    await throttle(meter, []).wait(100)
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "summitwire: tagger is 500 records behind and is not running: the replay waits; "
        "start it (`summitwire run tagger`), or replay with --max-lag 0"
    )


async def test_a_stage_that_makes_no_progress_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Although it runs."""
    await throttle(FakeMeter([500] * 20 + [0]), [], stuck_s=0.002).wait(100)
    (line,) = capsys.readouterr().err.splitlines()
    assert "tagger is 500 records behind and has processed nothing" in line
    assert "`summitwire doctor`" in line

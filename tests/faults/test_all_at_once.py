"""All processes are killed at once, several times, under load, with feeds and a fake Slack."""

from tests.faults.chaos.report import table
from tests.faults.chaos.run import Options, run
from tests.faults.harness import is_long
from tests.kafka_tools import BREAKS_A_BROKER

SHORT = Options(
    times=3,
    replicas=1,
    rate=4,
    services=("cleaner", "tagger", "alerting"),
    misbehaves=False,
    settle_s=120,
)
LONG = Options(times=20, replicas=2, rate=4, settle_s=300)


@BREAKS_A_BROKER
async def test_all_processes_are_killed_at_once() -> None:
    """Output resumes every time; in the end nothing is lost, and nothing doubled without a mark."""
    report = await run(LONG if is_long() else SHORT)
    print(table(report))
    assert report.settled, table(report)
    assert report.is_good, table(report)
    assert report.account.dead_letters == {}
    assert list(report.troubles) == []
    assert {code for service in report.services.values() for code in service.exits} <= {-9, 75}

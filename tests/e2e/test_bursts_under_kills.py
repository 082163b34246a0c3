"""The same alerts give the same bursts and facts, byte for byte, however often count is killed."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from services.alerting.count.burst_dispatches import decide
from services.console.local.supervisor import ProgramSpec
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, DISPATCHES, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.schemas import Alert, Dispatch, Notification, Severity, Threshold, TimeSource
from shared.stream.state_store import StateStore
from tests.e2e.system import running
from tests.kafka_tools import consume, produce
from tests.stage_tools import eventually

RULES = 6
PER_RULE = 150
KILLS = 3
START = datetime(2018, 9, 10, tzinfo=UTC)
THRESHOLD = Threshold(count=4, within_s=1800, distinct="source")


def alert(rule: int, number: int) -> Alert:
    """Return an alert; each rule has one every twelve minutes on average, some of them late.

    They come from nine sources, and every tenth is a correction.
    """
    article = number - 1 if number % 10 == 9 else number
    minutes = 12 * article - (200 if article % 7 == 3 else 0)
    return Alert(
        alert_id=f"{rule}-{number}".ljust(32, "x"),
        rule_id=f"rule-{rule}",
        rule_revision="r" * 32,
        rule_title="Many talk",
        severity=Severity.HIGH,
        destinations=("console:here",),
        article_id=f"{rule}-{article}".ljust(32, "y"),
        article_revision=f"{number}",
        uri=f"urn:test:{rule}:{article}",
        url=None,
        source=f"wire-{number * 7 % 9}",
        headline=f"Talks {number}",
        language="en",
        event_time=START + timedelta(minutes=minutes % 500),
        event_time_source=TimeSource.PAGE,
        pubstatus="usable",
        signature=tuple(range(128)),
        matches=(),
        excerpts=(),
        threshold=THRESHOLD,
    )


def expected() -> dict[str, list[bytes]]:
    """Return each rule's bursts and facts, computed by the pure function in one go."""
    state = StateStore()
    return {
        f"rule-{rule}": sorted(
            encode(message)
            for number in range(PER_RULE)
            for decision in [decide(alert(rule, number), state)]
            for message in (*decision.dispatches, *decision.facts)
        )
        for rule in range(RULES)
    }


async def found(cluster: Cluster) -> dict[str, list[bytes]]:
    """Return each rule's bursts and facts in the topics."""
    by_rule: defaultdict[str, list[bytes]] = defaultdict(list)
    for record in await consume(cluster, DISPATCHES.name):
        by_rule[decode(record.value, Dispatch).alerts[0].rule_id].append(record.value)
    for record in await consume(cluster, NOTIFICATIONS.name):
        by_rule[decode(record.value, Notification).alerts[0].rule_id].append(record.value)
    return {rule: sorted(values) for rule, values in by_rule.items()}


async def test_bursts_are_the_same_through_kills(cluster: Cluster) -> None:
    """Killed three times in the middle of the input: nothing is lost, doubled or different."""
    wanted = expected()
    bursts = [each for values in wanted.values() for each in values if b'"kind":"burst"' in each]
    assert len(bursts) > RULES, "there must be bursts, or this shows nothing"
    await topic_admin.create(cluster, partitions=3)
    async with running(
        cluster, [ProgramSpec("count", ["run", "alerting", "--only", "count"])]
    ) as system:
        await system.ready()
        for part in range(KILLS + 1):
            numbers = range(part * PER_RULE // (KILLS + 1), (part + 1) * PER_RULE // (KILLS + 1))
            log = [alert(rule, number) for number in numbers for rule in range(RULES)]
            before = sum(map(len, (await found(cluster)).values()))
            await produce(
                cluster, ALERTS.name, [(each.rule_id.encode(), encode(each)) for each in log]
            )
            if part < KILLS:
                await eventually(
                    lambda before=before: _more_than(cluster, before),  # type: ignore[misc]
                    "some of it is done",
                    deadline_s=60,
                )
                system.kill("count")
        await eventually(lambda: _as_many(cluster, wanted), "all of it is done", deadline_s=60)
        assert await found(cluster) == wanted
        assert sum("ended with -9" in line for line in system.lines) == KILLS


async def _more_than(cluster: Cluster, count: int) -> bool:
    return sum(map(len, (await found(cluster)).values())) > count


async def _as_many(cluster: Cluster, wanted: dict[str, list[bytes]]) -> bool:
    return sum(map(len, (await found(cluster)).values())) >= sum(map(len, wanted.values()))

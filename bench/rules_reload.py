"""How long new rules take from a saved file to the last of two replicas, and what a start costs.

    python -m bench.rules_reload [--rules 100,10000] [--changes 5] [--bootstrap host:port]

Two replicas in one process share a folder and a local Kafka. There is no other tool to compare
with: Alertmanager reloads each process by itself, and no other engine takes rules from a log.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.reload_rules import ActiveRules
from services.alerting.rollout.topic import RulesTopic
from services.alerting.rules.rule_set import RuleSet
from shared.base import log
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster

HEADER = (
    f"{'rules':>7}  {'load files':>10}  {'first publish':>13}  {'next start':>11}"
    f"  {'save → last switch':>18}  {'between replicas':>16}"
)


class Replica:
    """The rules of one process, and the times at which it switched to new ones."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.switch_times: list[float] = []
        self.rules = ActiveRules(
            RulesTopic(cluster),
            RulesFolder(folder, lambda: None),
            by="bench",
            on_switch=self._on_switch,
        )

    def _on_switch(self, _rules: RuleSet) -> None:
        self.switch_times.append(time.monotonic())

    async def wait_for_switch(self, number: int) -> float:
        """Wait for the given switch, counted from 1, and return its time."""
        while len(self.switch_times) < number:  # noqa: ASYNC110 - times are taken at the switch itself
            await asyncio.sleep(0.01)
        return self.switch_times[number - 1]


def write(folder: Path, count: int) -> None:
    """Write a file of rules."""
    rules = (
        f"- {{id: rule-{n}, title: Rule {n}, severity: low,"
        f" when: 'word{n} AND (trump OR kim{n}) AND NOT golf'}}\n"
        for n in range(count)
    )
    (folder / "many.yaml").write_text("".join(rules), "utf-8")


async def measure(cluster: Cluster, count: int, changes: int) -> str:
    """Measure with ``count`` rules, and return the row of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        await topic_admin.create(cluster)
        replicas = [Replica(cluster, folder) for _ in range(2)]
        times = [time.monotonic()]
        replicas[0].rules.load_files()
        times.append(time.monotonic())
        await replicas[0].rules.prepare()
        times.append(time.monotonic())
        replicas[1].rules.load_files()
        started = time.monotonic()
        await replicas[1].rules.prepare()
        second_start = time.monotonic() - started
        delays, gaps = await measure_switches(replicas, folder, changes)
    return (
        f"{count:>7}  {times[1] - times[0]:>8.2f} s  {times[2] - times[1]:>11.2f} s"
        f"  {second_start:>9.2f} s  {statistics.median(delays):>8.2f} s (max {max(delays):.2f})"
        f"  {max(gaps) * 1000:>9.0f} ms max"
    )


async def measure_switches(
    replicas: list[Replica], folder: Path, changes: int
) -> tuple[list[float], list[float]]:
    """Save one small file repeatedly, and wait until both replicas have switched.

    Return the seconds until the last replica switched, and those between the two.
    """
    replicas[1].rules.is_leader = lambda: False
    for replica in replicas:
        await replica.rules.start()
    tasks = [asyncio.create_task(replica.rules.run()) for replica in replicas]
    delays, gaps = [], []
    for number in range(changes):
        (folder / "one.yaml").write_text(
            f"{{id: one, title: One, severity: low, when: word{number}}}\n", "utf-8"
        )
        save_time = time.monotonic()
        times = [await replica.wait_for_switch(number + 2) for replica in replicas]
        delays.append(max(times) - save_time)
        gaps.append(max(times) - min(times))
    for replica in replicas:
        await replica.rules.stop()
    await asyncio.gather(*tasks)
    return delays, gaps


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", default="100,10000")
    parser.add_argument("--changes", type=int, default=5)
    parser.add_argument("--bootstrap")
    options = parser.parse_args()
    log.configure("bench", level="error")
    with broker(options.bootstrap) as bootstrap:
        print(HEADER)
        for count in map(int, options.rules.split(",")):
            async with temporary_cluster(bootstrap) as cluster:
                print(await measure(cluster, count, options.changes), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

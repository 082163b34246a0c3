"""How long new rules take: from a saved file to the last of two replicas, and what a start costs, by the number of rules in force.

    python bench/rules_reload.py [--rules 100,10000] [--changes 5] [--bootstrap host:port]

Two replicas in one process share a folder and a local Kafka. There is no peer to compare with: Alertmanager reloads each process by itself, and
no other engine takes rules from a log.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import apart, broker
from services.alerting.rollout.active_rules import ActiveRules
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.topic import RulesTopic
from services.alerting.rules.rule_set import RuleSet
from shared.base import log
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster

HEADER = f"{'rules':>7}  {'read files':>10}  {'first publish':>13}  {'start again':>11}  {'save → last switch':>18}  {'between replicas':>16}"


class Replica:
    """The rules of one process, and when it has switched."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.switched: list[float] = []
        self.rules = ActiveRules(
            RulesTopic(cluster),
            RulesFolder(folder, lambda: None),
            by="bench",
            on_switch=self._switch,
        )

    def _switch(self, _rules: RuleSet) -> None:
        self.switched.append(time.monotonic())

    async def until(self, switches: int) -> float:
        """When it switched for the so-manieth time."""
        while len(self.switched) < switches:  # noqa: ASYNC110 - the times are taken at the switch itself
            await asyncio.sleep(0.01)
        return self.switched[switches - 1]


def write(folder: Path, count: int) -> None:
    rules = (
        f"- {{id: rule-{n}, title: Rule {n}, severity: low, when: 'word{n} AND (trump OR kim{n}) AND NOT golf'}}\n"
        for n in range(count)
    )
    (folder / "many.yaml").write_text("".join(rules), "utf-8")


async def measure(cluster: Cluster, count: int, changes: int) -> str:
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
        again = time.monotonic()
        await replicas[1].rules.prepare()
        again = time.monotonic() - again
        late, between = await switches(replicas, folder, changes)
    return (
        f"{count:>7}  {times[1] - times[0]:>8.2f} s  {times[2] - times[1]:>11.2f} s  {again:>9.2f} s"
        f"  {statistics.median(late):>8.2f} s (max {max(late):.2f})  {max(between) * 1000:>9.0f} ms max"
    )


async def switches(
    replicas: list[Replica], folder: Path, changes: int
) -> tuple[list[float], list[float]]:
    """Save one small file again and again: how long until both replicas have it, and how far apart they are."""
    replicas[1].rules.is_leader = lambda: False
    for each in replicas:
        await each.rules.start()
    tasks = [asyncio.create_task(each.rules.run()) for each in replicas]
    late, apart = [], []
    for number in range(changes):
        (folder / "one.yaml").write_text(
            f"{{id: one, title: One, severity: low, when: word{number}}}\n", "utf-8"
        )
        saved = time.monotonic()
        seen = [await each.until(number + 2) for each in replicas]
        late.append(max(seen) - saved)
        apart.append(max(seen) - min(seen))
    for each in replicas:
        await each.rules.stop()
    await asyncio.gather(*tasks)
    return late, apart


async def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", default="100,10000")
    parser.add_argument("--changes", type=int, default=5)
    parser.add_argument("--bootstrap")
    chosen = parser.parse_args()
    log.configure("bench", level="error")
    with broker(chosen.bootstrap) as bootstrap:
        print(HEADER)
        for count in map(int, chosen.rules.split(",")):
            async with apart(bootstrap) as cluster:
                print(await measure(cluster, count, chosen.changes), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

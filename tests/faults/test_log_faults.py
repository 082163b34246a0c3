"""No fault fills a disk: the log lines of an outage, of bad rule files, and of a clean start."""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from shared.kafka import topic_admin
from shared.kafka.client_log import templates
from shared.kafka.cluster import Cluster
from tests.e2e.system import is_ready
from tests.faults.harness import Worker, is_long, workers
from tests.integration.test_wrong_use_up import Command
from tests.kafka_tools import FaultyBroker, cluster_at
from tests.ports import free_ports
from tests.stage_tools import eventually

AWAY_S = 180.0 if is_long() else 8.0
DEADLINE_S = 90.0
CALM_S = 15.0
START, END = "the broker does not answer", "the broker answers again"
GOOD = "id: good\ntitle: T\nseverity: low\nwhen: trump AND kim\n"
BAD = {
    "one.yaml": "id: one\ntitle: T\nseverity: low\nwhen: actor(kim-jong-n)\n",
    "two.yaml": "id: two\ntitle: T\nseverity: low\nwhen: '(trump AND'\n",
    "three.yaml": "id: three\n  title: T\n: [",
}


def service(name: str, cluster: Cluster, folder: Path, **environment: str) -> Worker:
    """Return one service as a process that logs JSON lines to a file."""
    command = [sys.executable, "-m", "services.console", "run", name]
    return workers(command, 1, cluster, folder, LOG_FORMAT="json", **environment)[0]


def events(worker: Worker) -> list[dict[str, Any]]:
    """Return what the process has logged, without a line that is still being written."""
    lines = worker.log.read_text("utf-8").splitlines() if worker.log.exists() else []
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


def count(worker: Worker, event: str) -> int:
    return sum(line["event"] == event for line in events(worker))


async def started(worker: Worker) -> None:
    worker.keep_alive()
    async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
        while not await is_ready(session, int(worker.environment["HTTP_PORT"])):
            await asyncio.sleep(0.1)


async def passed(seconds: float) -> None:
    """Let time pass: the test is about how many lines are logged in it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(0.2)


async def test_an_outage_is_one_line_when_it_starts_and_one_when_it_ends(
    faulty_broker: FaultyBroker, tmp_path: Path
) -> None:
    """The Kafka client logs hundreds of errors a second; the tagger logs two lines."""
    cluster = cluster_at(faulty_broker.bootstrap)
    await topic_admin.create(cluster, partitions=2)
    worker = service("tagger", cluster, tmp_path)
    try:
        await started(worker)
        before = len(events(worker))
        faulty_broker.kill()
        await eventually(
            lambda: count(worker, START) == 1, "the outage is told", deadline_s=DEADLINE_S
        )
        await passed(AWAY_S)
        faulty_broker.start()
        await eventually(lambda: count(worker, END) == 1, "its end is told", deadline_s=DEADLINE_S)
        said = events(worker)[before:]
    finally:
        worker.finish()
    assert worker.left == []
    assert Counter(line["event"] for line in said)[START] == 1
    assert len(said) <= 10, said
    (end,) = [line for line in said if line["event"] == END]
    assert end["lines_held_back"] > 20
    assert end["broker"] == faulty_broker.bootstrap


async def test_bad_rule_files_are_told_once(cluster: Cluster, tmp_path: Path) -> None:
    """Each mistake in three bad files is one line; saving them again, or SIGHUP, adds little."""
    await topic_admin.create(cluster, partitions=2)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "good.yaml").write_text(GOOD)
    worker = service(
        "alerting",
        cluster,
        tmp_path,
        RULES_DIR=str(rules),
        SLACK_WEBHOOK_URL="http://127.0.0.1:9/services/x",
    )
    try:
        await started(worker)
        before = len(events(worker))
        for name, text in BAD.items():
            (rules / name).write_text(text)
        await eventually(
            lambda: count(worker, "rules not reloaded") >= len(BAD),
            "each mistake is told",
            deadline_s=DEADLINE_S,
        )
        first = events(worker)[before:]
        for _ in range(int(CALM_S)):
            (rules / "two.yaml").write_text(BAD["two.yaml"])
            worker.send(signal.SIGHUP)
            await passed(1.0)
        said = events(worker)[before:]
    finally:
        worker.finish()
    told = "\n".join(line["because"] for line in first if line["event"] == "rules not reloaded")
    assert all(name in told for name in BAD)
    assert len(said) <= len(first) + 10, [line.get("because", line["event"]) for line in said]


def test_a_clean_start_prints_no_warning(tmp_path: Path, kafka: str) -> None:
    """`make run` on a new broker shows no warning, neither of the Kafka client nor of a service."""
    assert kafka  # so that the jars are there
    command, base = Command(tmp_path), free_ports(20)
    try:
        process = command.start(
            "up",
            "--replay",
            "--until-quiet",
            "2s",
            "--port-base",
            str(base + 1),
            "--broker-port",
            str(base),
        )
        assert process.wait(DEADLINE_S * 2) == 0, command.told()
    finally:
        command.clear()
    told = command.told()
    assert "the board is at" in told
    assert [
        line
        for line in told.splitlines()
        if any(mark in line for mark in (*templates(), "[warning", "[error", "Unclosed"))
    ] == []

"""The steps of the trial: read this file first. Each step prints figures and returns failures."""

import json
import os
import shutil
import subprocess
import time
from argparse import Namespace
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

from shared.base.ports import NAMES
from tests.compose.commands import say, wait_until
from tests.compose.count import count_arrivals, count_posts
from tests.compose.stack import ROOT, SINK, WIRE, Stack, say_duration

READY_WITHIN_S, RECOVERED_WITHIN_S, ARRIVED_WITHIN_S = 300.0, 120.0, 600.0
QUIET_LOAD = 0.5
"""Of a core: above it the machine has other work, and times are printed but not judged."""
LOST_CODE = ("shipped machine code is compiled again", "machine code is not cached")
PROBES = dict.fromkeys(NAMES, "/readyz") | {SINK: "/livez", WIRE: "/"}


def run(stack: Stack, chosen: Namespace) -> list[str]:
    """Run the whole trial; list what failed."""
    begun_s = time.time()
    stack.compose("build")
    say_duration(f"image built, {stack.image_mb():.0f} MB", begun_s)
    failures = come_up(stack, chosen.ready_within)
    failures += commands(stack)
    failures += kills(stack, chosen.stories)
    say(
        "memory, MB: "
        + ", ".join(f"{name} {mb:.0f}" for name, mb in sorted(stack.memory_mb().items()))
    )
    failures += down_and_up(stack, chosen.stories, chosen.outstanding)
    failures += build_again(stack) + another_webhook(stack)
    return failures


def come_up(stack: Stack, ready_within_s: float) -> list[str]:
    """``up``: every service is ready, and none compiles what the image ships compiled."""
    quiet = os.getloadavg()[0] < QUIET_LOAD * (os.cpu_count() or 1)
    ready = up(stack, NAMES)
    after = {name: at_s - stack.kafka_healthy_at_s() for name, at_s in ready.items()}
    say(
        "ready, seconds after Kafka was healthy: "
        + ", ".join(f"{name} {seconds:.1f}" for name, seconds in after.items())
    )
    late = [
        f"{name} was ready after {seconds:.1f} s"
        for name, seconds in after.items()
        if seconds > ready_within_s
    ]
    if late and not quiet:
        say("not judged: the machine had other work")
    logs = stack.compose("logs", "--no-color")
    return [
        f"in the logs: {line}"
        for line in logs.splitlines()
        if any(text in line for text in LOST_CODE)
    ] + (late if quiet else [])


def up(stack: Stack, names: Iterable[str]) -> dict[str, float]:
    """Start everything; return the Unix time at which each of these was first ready."""
    ready = dict[str, float]()
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(stack.compose, "up", "--detach")
        deadline = time.monotonic() + READY_WITHIN_S
        while missing := [name for name in names if name not in ready]:
            ready |= {name: time.time() for name in missing if stack.answers(name, PROBES[name])}
            if time.monotonic() > deadline or (starting.done() and starting.exception()):
                raise AssertionError(f"not ready: {', '.join(missing)}") from (
                    starting.exception() if starting.done() else None
                )
            time.sleep(0.05)
        starting.result()
    return ready


def commands(stack: Stack) -> list[str]:
    """Run the commands of docs/operations.md in containers; a reload leaves the service running."""
    before = stack.container("alerting")["State"]["StartedAt"]
    lines = [
        ("exec", "--no-TTY", "alerting", "summitwire", "doctor"),
        ("exec", "--no-TTY", "alerting", "summitwire", "reload"),
        ("exec", "--no-TTY", "tagger", "sh", "-c", "kill -HUP 1"),
        ("run", "--rm", "--no-deps", "--no-TTY", "topic-init", "topics", "list"),
        ("exec", "--no-TTY", "board", "summitwire", "rules", "check"),
    ]
    failures = [
        f"docker compose {' '.join(line)}: exit {code}"
        for line in lines
        if (code := _exit_of(stack, line))
    ]
    time.sleep(1)  # a signal that ends a process does it at once
    after = stack.container("alerting")["State"]["StartedAt"]
    return failures + ([] if before == after else ["a reload ended alerting"])


def kills(stack: Stack, stories: int) -> list[str]:
    """Kill each container's process while stories come in: each comes back, nothing is lost."""
    publish(stack, stories, pace=1.0)
    for name in (*NAMES, SINK, "kafka"):
        wait_until(
            lambda: all(stack.answers(each) for each in NAMES),
            "everything is ready",
            RECOVERED_WITHIN_S,
        )
        time.sleep(2)  # a fault meets a service at work, not one on its way up
        say(f"{name} killed, everything ready again after {recovery(stack, name):.1f} s")
    return wait_for_posts(stack, stories)


def recovery(stack: Stack, name: str) -> float:
    """Kill a container and return the seconds until all are ready again."""
    restarts = stack.container(name)["RestartCount"]
    begun_s = time.monotonic()
    stack.kill(name)
    wait_until(
        lambda: stack.container(name)["RestartCount"] > restarts,
        f"{name} is started again",
        RECOVERED_WITHIN_S,
    )
    wait_until(lambda: stack.is_ready(name, PROBES), f"{name} is ready again", RECOVERED_WITHIN_S)
    wait_until(
        lambda: all(stack.answers(each) for each in NAMES),
        f"all are ready after {name} was killed",
        RECOVERED_WITHIN_S,
    )
    return time.monotonic() - begun_s


def down_and_up(stack: Stack, before: int, outstanding: int) -> list[str]:
    """``down`` while posts wait for Slack, and ``up`` again: every story is posted once."""
    publish(stack, outstanding, pace=10.0)
    total = before + outstanding
    wait_until(
        lambda: len(count_arrivals(stack).alerts) >= total,
        "all stories raised an alert",
        ARRIVED_WITHIN_S,
        every_s=1.0,
    )
    posted = count_posts(stack)
    begun_s = time.time()
    stack.compose("down")
    say_duration(f"down with {total - posted} posts outstanding", begun_s)
    up(stack, (*NAMES, SINK))
    say_duration("down and up", begun_s)
    return wait_for_posts(stack, total) + (
        [] if total > posted else ["nothing was outstanding: the test proves too little"]
    )


def wait_for_posts(stack: Stack, stories: int) -> list[str]:
    """Wait until every story is posted and all is idle; list what is missing or duplicated."""
    try:
        wait_until(
            lambda: count_posts(stack) >= stories,
            f"{stories} stories are posted",
            ARRIVED_WITHIN_S,
            every_s=0.5,
        )
    except AssertionError as error:
        say(str(error))
    time.sleep(5)  # a second post of the same alert would come by now
    found = count_arrivals(stack)
    say(f"{stories} stories: {found}")
    return found.failures(stories)


def build_again(stack: Stack) -> list[str]:
    """Build and start again without a change: same containers, and no image without a name."""
    before, dangling = _containers(stack), _dangling(stack)
    stack.compose("up", "--detach", "--build")
    made = _dangling(stack) - dangling
    return [
        f"{name} was recreated although nothing changed"
        for name in _difference(before, _containers(stack))
    ] + [f"{made} new images" for _ in range(made)]


def another_webhook(stack: Stack) -> list[str]:
    """Name another webhook file: alerting is recreated, and nothing else."""
    other = ROOT / "var" / "compose-test" / "other.url"
    shutil.copyfile(ROOT / "deploy" / "slack-sink.url", other)
    before = _containers(stack)
    environment = {**stack.docker.environment, "SLACK_WEBHOOK_URL_FILE": str(other)}
    docker = type(stack.docker)(environment, stack.docker.is_local, stack.docker.client)
    Stack(docker, stack.files, environment, stack.ports).compose("up", "--detach")
    changed = _difference(before, _containers(stack))
    return [] if changed == {"alerting"} else [f"another webhook file recreated: {sorted(changed)}"]


def publish(stack: Stack, count: int, pace: float) -> None:
    """Have the wire publish more stories, ``pace`` a second."""
    wait_until(lambda: stack.answers(WIRE, "/"), "the wire answers", 30)
    say(f"{count} stories, {pace:g} a second")
    urlopen(
        Request(
            f"http://127.0.0.1:{stack.ports[WIRE]}/publish?count={count}&pace={pace}", method="POST"
        ),
        timeout=5,
    ).close()


def _exit_of(stack: Stack, line: tuple[str, ...]) -> int:
    try:
        stack.compose(*line)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def _containers(stack: Stack) -> dict[str, str]:
    rows = [
        json.loads(line) for line in stack.compose("ps", "--all", "--format", "json").splitlines()
    ]
    return {row["Service"]: row["ID"] for row in rows}


def _difference(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _dangling(stack: Stack) -> int:
    return len(stack.docker("images", "--quiet", "--filter", "dangling=true").split())

"""``make compose-test``: run the containers as an operator would, kill them, take them down and up.

If this machine has a Docker engine that can pull images, it is used; otherwise one is made from
Debian packages, in var/compose-test. The stack has its own project name, ports and volumes, and is
removed at the end.
"""

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.compose.commands import Missing, say
from tests.compose.engine import engine
from tests.compose.images import prepare
from tests.compose.stack import Stack
from tests.compose.trial import run

ROOT = Path(__file__).parents[2]
WORK = ROOT / "var" / "compose-test"


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.compose", description=__doc__)
    parser.add_argument(
        "--stories",
        type=int,
        default=120,
        help="published while containers are killed, one a second",
    )
    parser.add_argument(
        "--outstanding",
        type=int,
        default=60,
        help="published before the stack is taken down, as fast as pages are fetched",
    )
    parser.add_argument(
        "--ready-within",
        type=float,
        default=12.0,
        help="seconds after Kafka's health check; judged on a quiet machine only",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave the stack, and the engine if it was started here, running",
    )
    return parser.parse_args()


def main() -> int:
    """Prepare, run the trial, clean up; return 0 if all held, 1 if not, 78 if it cannot run."""
    chosen = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as cleaning:
            docker = cleaning.enter_context(engine(WORK, keep=chosen.keep))
            base = prepare(docker, WORK)
            stack = cleaning.enter_context(Stack.create(docker, WORK, base, keep=chosen.keep))
            failures = _failures(stack, chosen)
    except Missing as missing:
        say(f"cannot be tried here: {missing}")
        return os.EX_CONFIG
    for failure in failures:
        say(f"FAILED: {failure}")
    say("FAILED" if failures else "passed")
    return int(bool(failures))


def _failures(stack: Stack, chosen: argparse.Namespace) -> list[str]:
    """Run the trial and return what failed; a wait that say_duration out ends it.

    If anything failed, the logs of the containers are kept.
    """
    try:
        failures = run(stack, chosen)
    except AssertionError as error:
        failures = [str(error)]
    if failures:
        (WORK / "containers.log").write_text(
            stack.compose("logs", "--no-color", "--timestamps"), "utf-8"
        )
        say(f"the containers' logs are in {WORK / 'containers.log'}")
    return failures


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that everything is taken down then, too
    sys.exit(main())

"""``python -m tests.faults.chaos``: torment a whole system, and count what is lost and doubled.

Exit codes: 0 nothing lost, nothing doubled without a mark; 1 something was; 130 Ctrl-C.
"""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

import orjson

from tests.faults.chaos.report import table
from tests.faults.chaos.run import Options, run


def options(arguments: list[str] | None = None) -> tuple[Options, bool]:
    """Read the command line: what to run, and whether to print JSON."""
    parser = argparse.ArgumentParser("python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long faults go on")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, another course of events"
    )
    parser.add_argument("--replicas", type=int, default=2, help="of every service but the board")
    parser.add_argument("--rate", type=float, default=5.0, help="articles a second")
    parser.add_argument(
        "--all-at-once", type=int, default=0, metavar="TIMES", help="only kill -9 all, so often"
    )
    parser.add_argument("--settle", type=float, default=300.0, help="seconds to come to rest")
    parser.add_argument("--folder", type=Path, help="keep data and logs there")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    chosen = Options(
        minutes=given.minutes,
        seed=given.seed,
        replicas=given.replicas,
        rate=given.rate,
        times=given.all_at_once,
        settle_s=given.settle,
        folder=given.folder,
    )
    return chosen, given.json


def main() -> int:
    """Run, print the report, and give the exit code."""
    chosen, as_json = options()
    logging.disable(logging.CRITICAL)  # the clients of this process tell of every outage
    try:
        report = asyncio.run(run(chosen, say=_say, show=_show if sys.stderr.isatty() else _hide))
    except KeyboardInterrupt:
        _say("ended by Ctrl-C")
        return 130
    _say("done")
    if as_json:
        sys.stdout.write(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        sys.stdout.write(table(report) + "\n")
    return 0 if report.is_good else 1


def _say(line: str) -> None:
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{start}{line}\n")
    sys.stderr.flush()


def _show(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


def _hide(_line: str) -> None:
    """Show nothing where nobody watches."""


if __name__ == "__main__":
    sys.exit(main())

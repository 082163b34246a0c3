"""Memory of the state that prevents repeats: 100 000 ledger entries or article histories.

    python -m bench.state_memory [--entries 100000]

Each figure comes from a process of its own: resident memory after loading the entries as a restart
does, minus resident memory before.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from services.alerting.deliver.ledger.ledger_state import LedgerState
from services.cleaner.versions.history import compress_body
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import ArticleHistory, ArticleVersion, Delivery, DeliveryState
from shared.stream.state_store import StateStore

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
PER_DAY: Final = 5_000
Pair = tuple[bytes, bytes]


def deliveries(count: int) -> Iterator[Pair]:
    """Yield delivered notifications, five thousand per day, as deliveries.v1 holds them."""
    for number in range(count):
        moment = NOW + timedelta(days=number / PER_DAY)
        entry = Delivery(
            notification_id=content_id("notification", str(number)),
            destination="slack:newsroom",
            state=DeliveryState.DELIVERED,
            attempts=1,
            in_doubt=0,
            first_attempt_at=moment,
            last_attempt_at=moment,
            answer="200 ok",
        )
        yield entry.notification_id.encode(), codec.encode(entry)


def histories(count: int, *, text: bool) -> Iterator[Pair]:
    """Yield article histories of one version, with or without a text of 600 different words."""
    for number in range(count):
        body = (
            compress_body(
                " ".join(content_id("word", f"{number} {i}")[: 3 + i % 7] for i in range(600))
            )
            if text
            else b""
        )
        revision = content_id("revision", str(number))
        version = ArticleVersion(
            plain=revision,
            revision=revision,
            version=1,
            content=revision,
            fetched_ms=1_767_225_600_000,
        )
        history = ArticleHistory(
            source="nikkei",
            article_id=content_id("article", str(number)),
            body=body,
            versions=(version,),
            seen_ms=1_767_225_600_000,
        )
        yield f"nikkei/{history.article_id}".encode(), codec.encode(history)


CASES: Final[dict[str, tuple[str, Callable[[], StateStore], Callable[[int], Iterator[Pair]]]]] = {
    "whole": ("delivered notifications, whole entries (baseline)", StateStore, deliveries),
    "ids": ("delivered notifications, ids by day", LedgerState, deliveries),
    "slim": (
        "article histories without text",
        StateStore,
        lambda count: histories(count, text=False),
    ),
    "full": (
        "article histories with the text",
        StateStore,
        lambda count: histories(count, text=True),
    ),
}


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(case: str, count: int) -> tuple[float, float]:
    """Return the bytes of resident memory per entry, and the microseconds to load one."""
    _, make, entries = CASES[case]
    state, before, seconds = make(), resident_bytes(), 0.0
    for key, value in entries(count):
        started = time.perf_counter()
        state.load(key, bytes(memoryview(value)))  # a copy of exact size, as the consumer makes
        seconds += time.perf_counter() - started
    return (resident_bytes() - before) / count, seconds * 1e6 / count


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.case:
        print(*measure(options.case, options.entries))
        return
    print(
        f"{format(options.entries, ',') + ' entries':50}"
        f" {'bytes each':>11} {'MB in all':>10} {'µs to load':>11}"
    )
    for case, (title, _, _) in CASES.items():
        command = [
            sys.executable,
            "-m",
            "bench.state_memory",
            "--case",
            case,
            "--entries",
            str(options.entries),
        ]
        size, micros = map(
            float, subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()
        )
        megabytes = size * options.entries / 1e6
        print(f"{title:50} {size:>11,.0f} {megabytes:>10,.1f} {micros:>11.1f}")


if __name__ == "__main__":
    main()

"""Memory of what is remembered against repeats: 100 000 entries of the delivery ledger, and a source's article histories.

    python -m bench.state_memory [--entries 100000]

Each figure comes from a process of its own: resident memory after reading the entries back as a restart does, less that before.
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

from services.alerting.deliver.ledger_state import LedgerState
from services.cleaner.versions.history import compress_body
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import ArticleHistory, ArticleVersion, Delivery, DeliveryState
from shared.stream.state_store import StateStore

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
A_DAY: Final = 5_000
Pair = tuple[bytes, bytes]


def deliveries(count: int) -> Iterator[Pair]:
    """Delivered notifications, five thousand a day, as deliveries.v1 holds them."""
    for number in range(count):
        at = NOW + timedelta(days=number / A_DAY)
        entry = Delivery(
            notification_id=content_id("notification", str(number)),
            destination="slack:newsroom",
            state=DeliveryState.DELIVERED,
            attempts=1,
            in_doubt=0,
            first_attempt_at=at,
            last_attempt_at=at,
            answer="200 ok",
        )
        yield entry.notification_id.encode(), codec.encode(entry)


def histories(count: int, *, text: bool) -> Iterator[Pair]:
    """Article histories of one version, with the text of 600 different words or without."""
    for number in range(count):
        body = (
            compress_body(
                " ".join(content_id("word", f"{number} {at}")[: 3 + at % 7] for at in range(600))
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
    "whole": ("delivered notifications, whole entries (before)", StateStore, deliveries),
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
    """What this process occupies now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(case: str, count: int) -> tuple[float, float]:
    """Bytes of resident memory an entry, and microseconds to read one back."""
    _, make, entries = CASES[case]
    state, before, taken = make(), resident_bytes(), 0.0
    for key, value in entries(count):
        begun = time.perf_counter()
        state.load(key, bytes(memoryview(value)))  # as long as it is, as the consumer gives it
        taken += time.perf_counter() - begun
    return (resident_bytes() - before) / count, taken * 1e6 / count


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    chosen = parser.parse_args(given)
    if chosen.case:
        print(*measure(chosen.case, chosen.entries))
        return
    print(
        f"{'of ' + format(chosen.entries, ','):50} {'bytes each':>11} {'MB in all':>10} {'µs to read':>11}"
    )
    for case, (what, _, _) in CASES.items():
        command = [
            sys.executable,
            "-m",
            "bench.state_memory",
            "--case",
            case,
            "--entries",
            str(chosen.entries),
        ]
        size, micros = map(
            float, subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()
        )
        print(f"{what:50} {size:>11,.0f} {size * chosen.entries / 1e6:>10,.1f} {micros:>11.1f}")


if __name__ == "__main__":
    main()

"""Requests and delays of our scheduler and Miniflux's, in the same simulated world.

A thousand feeds or two for a virtual week after one of warming up. For each of Miniflux's
schedulers, with its defaults and with the settings that suit this load best, ours is also run with
.6 of its requests, by the one figure that rhythm_wait.py has for that: what remains to compare is
the delay.

Run: python -m bench.schedule [--seed N] [--feeds N] [--kinds] [--equal] [--mix NAME]
"""

import argparse
import time
from dataclasses import replace

from bench.polling.miniflux import MinifluxSettings, run_miniflux
from bench.polling.record import Outcome, evaluate, quantile
from bench.polling.summitwire import run_summitwire
from bench.polling.world import DAY_S, KINDS, MIXES, START, WEEK_S, SimulatedFeed, build_world
from services.fetcher.sources.feeds_file import MAX_INTERVAL_S
from services.fetcher.timing.rhythm_wait import EAGERNESS, LEISURE_S

BEGIN, END = START + WEEK_S, START + 2 * WEEK_S
ALL_FEEDS = 100_000
ROUND_ROBIN = MinifluxSettings()
FREQUENCY = MinifluxSettings(entry_frequency=True)


def _for_all_feeds(settings: MinifluxSettings) -> MinifluxSettings:
    """Return the settings without what keeps Miniflux from polling so many feeds when due."""
    return replace(settings, batch_size=ALL_FEEDS, error_limit=0, workers=100)


PEERS = {
    "round_robin, defaults": ROUND_ROBIN,
    "entry_frequency, defaults": FREQUENCY,
    "round_robin, all feeds": _for_all_feeds(replace(ROUND_ROBIN, polling_frequency_s=300)),
    "entry_frequency, all feeds hourly": _for_all_feeds(FREQUENCY),
    "entry_frequency, every 5 min": _for_all_feeds(replace(FREQUENCY, polling_frequency_s=300)),
    "entry_frequency, min 1 min": _for_all_feeds(
        replace(FREQUENCY, polling_frequency_s=60, frequency_min_s=60)
    ),
    "entry_frequency, factor 2": _for_all_feeds(
        replace(FREQUENCY, polling_frequency_s=60, frequency_factor=2)
    ),
}
SHARE = 0.6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--kinds", action="store_true", help="print the figures of each kind")
    parser.add_argument("--equal", action="store_true", help="also at .6 of each peer's requests")
    parser.add_argument("--mix", choices=MIXES, default="desk", help="shares of the kinds of feeds")
    args = parser.parse_args()
    feeds = build_world(args.seed, args.feeds, weeks=3, mix=args.mix)
    entries = sum(int(((feed.entries >= BEGIN) & (feed.entries < END)).sum()) for feed in feeds)
    print(f"{args.mix}, seed {args.seed}: {len(feeds)} feeds, {entries} entries in the week")
    print(f"{'':36}{'requests':>9}{'median':>8}{'p95':>9}{'mean':>8}{'feeds':>8}{'lost':>8}  host")
    started = time.process_time()
    ours = _run_ours(feeds, LEISURE_S, show_kinds=args.kinds)
    spent_s = time.process_time() - started
    print(
        f"  {spent_s:.0f} s CPU, busiest minute {ours.busiest_minute} requests,"
        f" in the first hour {ours.busiest_start}"
    )
    for name, settings in PEERS.items():
        peer = _run_peer(feeds, name, settings, show_kinds=args.kinds)
        _print_ratio(ours, peer)
        if args.equal:
            _print_equal(feeds, ours, peer)


def _run_ours(feeds: list[SimulatedFeed], leisure_s: float, *, show_kinds: bool) -> Outcome:
    """Run ours; with more leisure the longest interval grows as the other waits do, up to a day."""
    stretch = max((leisure_s / LEISURE_S) ** (1 - EAGERNESS), 1.0)
    longest_s = min(MAX_INTERVAL_S * stretch, DAY_S)
    record = run_summitwire(feeds, END + DAY_S, leisure_s=leisure_s, longest_s=longest_s)
    outcome = evaluate(feeds, record, BEGIN, END)
    _print_outcome(f"summitwire, leisure {leisure_s:.0f} s", outcome)
    if show_kinds:
        for kind in KINDS:
            _print_outcome(f"  {kind.name}", evaluate(feeds, record, BEGIN, END, kind.name))
    return outcome


def _run_peer(
    feeds: list[SimulatedFeed], name: str, settings: MinifluxSettings, *, show_kinds: bool
) -> Outcome:
    record = run_miniflux(feeds, END + DAY_S, settings)
    outcome = evaluate(feeds, record, BEGIN, END)
    _print_outcome(name, outcome)
    if show_kinds:
        for kind in KINDS:
            _print_outcome(f"  {kind.name}", evaluate(feeds, record, BEGIN, END, kind.name))
    return outcome


def _print_equal(feeds: list[SimulatedFeed], ours: Outcome, peer: Outcome) -> None:
    """Run ours with about SHARE of the peer's requests: a wait is a power of the leisure."""
    leisure_s, outcome = LEISURE_S, ours
    for _ in range(3):
        if abs(outcome.requests / (SHARE * peer.requests) - 1) < 0.05:
            break
        leisure_s *= (outcome.requests / (SHARE * peer.requests)) ** 3
        leisure_s = min(max(leisure_s, 60.0), 1e9)
        outcome = _run_ours(feeds, leisure_s, show_kinds=False)
    _print_ratio(outcome, peer)


def _print_ratio(ours: Outcome, peer: Outcome) -> None:
    by_feed = quantile(ours.feed_medians, 0.5) / quantile(peer.feed_medians, 0.5)
    print(
        f"  ours/its: requests {ours.requests / peer.requests:.2f},"
        f" median {ours.median / peer.median:.2f}, p95 {ours.p95 / peer.p95:.2f},"
        f" mean {ours.mean / peer.mean:.2f}, median of feeds {by_feed:.2f}",
        flush=True,
    )


def _print_outcome(name: str, outcome: Outcome) -> None:
    by_feed = quantile(outcome.feed_medians, 0.5)
    print(
        f"{name:36}{outcome.requests:9}{outcome.median:8.1f}{outcome.p95:9.1f}"
        f"{outcome.mean:8.1f}{by_feed:8.1f}{outcome.lost:8.2%}{outcome.most_at_once:6}",
        flush=True,
    )


if __name__ == "__main__":
    main()

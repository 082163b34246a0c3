"""Simulated feeds with the rhythms of a news desk's sources; a seed decides everything.

The shapes follow what monitoring studies of feeds agree on (Sia, Cho and Cho, Efficient Monitoring
Algorithm for Fast News Alerts, IEEE TKDE 19(7), 2007; Liu, Ramasubramanian and Sirer, Client
Behavior and Feed Characteristics of RSS, IMC 2005): rates are spread over several orders of
magnitude, days have a strong shape that repeats, and a good part of all feeds hardly publishes.
The shares of the kinds are those of a desk for foreign policy.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S
WEEK_S: Final = 7 * DAY_S
START: Final = 1_543_190_400.0
"""Monday 2018-11-26, 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of feeds.

    ``median_per_day`` entries on a weekday, spread over feeds by a lognormal ``sigma``. ``opening``
    and ``closing`` are local hours; outside them and on weekends the rate is multiplied by
    ``night`` and ``weekend``. ``burst``: entries that follow an entry within minutes, on average.
    ``share``: of all feeds. ``listed``: the smallest and the largest number of entries in the feed.
    """

    name: str
    share: float
    median_per_day: float
    sigma: float
    opening: float = 0.0
    closing: float = 24.0
    night: float = 1.0
    weekend: float = 1.0
    burst: float = 0.0
    listed: tuple[int, int] = (10, 30)
    every_s: float = 0.0
    """Entries appear only at multiples of this, as from a site that is rebuilt on a timer."""


KINDS: Final = (
    Kind("wire", 0.01, 900, 0.35, 6, 23, 0.4, 0.6, 0.0, (50, 200)),
    Kind("agency", 0.06, 90, 0.6, 6, 23, 0.25, 0.5, 0.3, (20, 100)),
    Kind("newspaper", 0.22, 18, 0.8, 6, 22, 0.08, 0.6, 0.6, (15, 60)),
    Kind("ministry", 0.24, 2.5, 0.9, 9, 18, 0.02, 0.05, 0.8, (10, 30)),
    Kind("gazette", 0.05, 25, 0.6, 7, 18, 0.02, 0.05, 12.0, (30, 100)),
    Kind("on a timer", 0.06, 12, 0.6, 6, 22, 0.15, 0.6, 0.5, (15, 50), HOUR_S),
    Kind("think tank", 0.16, 0.25, 0.8, 9, 18, 0.02, 0.05, 0.3),
    Kind("blog", 0.08, 0.4, 1.2, 8, 24, 0.3, 0.9, 0.1),
    Kind("dead", 0.12, 0.002, 0.5),
)
MIXES: Final = {
    "desk": tuple(kind.share for kind in KINDS),
    "offices": (0.0, 0.02, 0.08, 0.40, 0.08, 0.06, 0.24, 0.04, 0.08),
    "newsroom": (0.03, 0.14, 0.42, 0.10, 0.03, 0.08, 0.06, 0.06, 0.08),
}
"""Shares of the kinds: a desk for foreign policy, one that follows offices, and a newsroom. Only
the first was looked at while the schedule was made."""
_ZONES: Final = (-8, -5, -5, 0, 1, 1, 2, 3, 8, 9, 9)
"""Hours from UTC of the sources: Washington, London, Brussels, Moscow, Beijing, Seoul, Tokyo."""


@dataclass(frozen=True, slots=True)
class SimulatedFeed:
    """A feed: when its entries appear (Unix seconds, ascending) and how its server behaves.

    ``ttl_s``: what the feed asks for, right or wrong; ``fresh_s``: Cache-Control's max-age. During
    an ``outage`` (begin, end) requests fail, with ``retry_after_s`` if it is not 0. A request takes
    ``request_s``.
    """

    url: str
    host: str
    kind: str
    entries: np.ndarray = field(repr=False)
    listed: int
    ttl_s: float
    fresh_s: float
    outages: tuple[tuple[float, float], ...]
    retry_after_s: float
    request_s: float

    @property
    def is_unreachable(self) -> bool:
        """Whether the server never answers."""
        return bool(self.outages) and self.outages[0][0] < START

    def fails_at(self, moment: float) -> bool:
        """Return whether a request at this moment fails."""
        return any(begin <= moment < end for begin, end in self.outages)


def build_world(seed: int, feeds: int, weeks: int, mix: str = "desk") -> list[SimulatedFeed]:
    """Build the feeds; their entries begin four weeks before START and last ``weeks`` after it."""
    random = np.random.default_rng(seed)
    kinds = random.choice(len(KINDS), size=feeds, p=MIXES[mix])
    return [
        _build_feed(random, KINDS[kind], number, feeds, weeks) for number, kind in enumerate(kinds)
    ]


def _build_feed(
    random: np.random.Generator, kind: Kind, number: int, feeds: int, weeks: int
) -> SimulatedFeed:
    begin, end = START - 4 * WEEK_S, START + weeks * WEEK_S
    host = _host(random, number, feeds)
    return SimulatedFeed(
        url=f"https://{host}/feed/{number}",
        host=host,
        kind=kind.name,
        entries=_entries(random, kind, begin, end),
        listed=int(random.integers(kind.listed[0], kind.listed[1] + 1)),
        ttl_s=float(random.choice((0, 300, 900, 1800, 3600, 86_400), p=_TTL_SHARES)),
        fresh_s=float(random.choice((0, 60, 300, 600, 3600, 86_400), p=_FRESH_SHARES)),
        outages=_outages(random, end),
        retry_after_s=float(random.choice((0, 0, 0, 120, 3600))),
        request_s=float(min(random.lognormal(-0.9, 0.8), 15.0)),
    )


_TTL_SHARES: Final = (0.55, 0.06, 0.06, 0.06, 0.22, 0.05)
"""Most feeds have none; an hour is what WordPress and many libraries write, whatever is true."""
_FRESH_SHARES: Final = (0.5, 0.14, 0.16, 0.08, 0.09, 0.03)


def _host(random: np.random.Generator, number: int, feeds: int) -> str:
    """Half of the feeds have a host of their own; the sections of a site share one."""
    if random.random() < 0.5:
        return f"h{number}.example"
    return f"site{int(random.pareto(0.8) * feeds / 100) % (feeds // 20)}.example"


def _outages(random: np.random.Generator, end: float) -> tuple[tuple[float, float], ...]:
    """One feed of fifty fails throughout, one of ten has an outage of hours every week."""
    fate = random.random()
    if fate < 0.02:
        return ((START - 4 * WEEK_S, end + WEEK_S),)
    if fate > 0.12:
        return ()
    weeks = np.arange(START, end, WEEK_S)
    begins = weeks + random.uniform(0, WEEK_S, len(weeks))
    lengths = random.lognormal(1.2, 0.8, len(weeks)) * HOUR_S
    return tuple(zip(begins.tolist(), (begins + lengths).tolist(), strict=True))


def _entries(random: np.random.Generator, kind: Kind, begin: float, end: float) -> np.ndarray:
    """Draw the moments of entries: a Poisson process with a weekly shape, and bursts after it."""
    per_day = kind.median_per_day * random.lognormal(0, kind.sigma)
    zone = float(random.choice(_ZONES)) * HOUR_S
    shift = random.normal(0, 0.7) * HOUR_S
    shape = _weekly_shape(kind, random)
    peak = per_day / (shape[:24].sum() * (1 + kind.burst)) * shape.max()
    count = random.poisson(peak * (end - begin) / HOUR_S)
    moments = random.uniform(begin, end, count)
    hours = ((moments + zone + shift - START) // HOUR_S).astype(int) % 168
    first = moments[random.random(count) < shape[hours] / shape.max()]
    follow = np.repeat(first, random.poisson(kind.burst, len(first)))
    follow = follow + random.exponential(240, len(follow))
    entries = np.sort(np.concatenate([first, follow]))
    if kind.every_s:
        offset = random.uniform(0, 120)
        entries = np.ceil(entries / kind.every_s) * kind.every_s + offset
    return entries[entries < end]


def _weekly_shape(kind: Kind, random: np.random.Generator) -> np.ndarray:
    """Return the relative rate of each hour of the local week; each feed has hours it prefers."""
    hours = np.arange(24)
    open_ = (hours >= kind.opening) & (hours < kind.closing)
    day = np.where(open_, random.gamma(4, 0.25, 24), kind.night)
    weekdays = [day * random.gamma(9, 1 / 9) for _ in range(5)]
    return np.concatenate([*weekdays, day * kind.weekend, day * kind.weekend])

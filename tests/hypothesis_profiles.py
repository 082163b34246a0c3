"""Hypothesis profiles dev, ci and nightly: how many examples a property test tries.

HYPOTHESIS_PROFILE selects one. Without it, CI=true selects ci, and dev is the default.
"""

import os
from typing import Any, Final

from hypothesis import HealthCheck, settings

PERCENT: Final = {"dev": 25, "ci": 100, "nightly": 1_000}
"""How many of the examples that a test names are tried."""
MINIMUM_EXAMPLES: Final = 10
_SLOW_MACHINES: Final[dict[str, Any]] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
"""A busy machine must not fail a test."""

settings.register_profile("dev", max_examples=PERCENT["dev"], **_SLOW_MACHINES)
settings.register_profile(
    "ci",
    max_examples=PERCENT["ci"],
    derandomize=True,
    database=None,
    print_blob=True,
    **_SLOW_MACHINES,
)
settings.register_profile(
    "nightly", max_examples=PERCENT["nightly"], print_blob=True, **_SLOW_MACHINES
)


def load_profile() -> str:
    """Load the profile that the environment selects, and return its name.

    Raise KeyError if there is no such profile.
    """
    name = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
    if name not in PERCENT:
        raise KeyError(f"HYPOTHESIS_PROFILE={name}: choose one of {', '.join(PERCENT)}")
    settings.load_profile(name)
    return name


def examples(count: int, **options: Any) -> settings:
    """Return settings for ``count`` examples, scaled to the profile; other options pass through."""
    return settings(max_examples=max(MINIMUM_EXAMPLES, count * PERCENT[_PROFILE] // 100), **options)


_PROFILE: Final = load_profile()

"""How many examples property tests try: profile dev, ci or nightly.

HYPOTHESIS_PROFILE names it; where it is not set, CI=true means ci, and anything else dev.
"""

import os
from typing import Any, Final

from hypothesis import HealthCheck, settings

PER_HUNDRED: Final = {"dev": 25, "ci": 100, "nightly": 1_000}
"""Of a test's number of examples, so many percent."""
FEWEST: Final = 10
_SLOW_IS_FINE: Final[dict[str, Any]] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
"""A busy machine fails no test."""

settings.register_profile("dev", max_examples=PER_HUNDRED["dev"], **_SLOW_IS_FINE)
settings.register_profile(
    "ci",
    max_examples=PER_HUNDRED["ci"],
    derandomize=True,
    database=None,
    print_blob=True,
    **_SLOW_IS_FINE,
)
settings.register_profile(
    "nightly", max_examples=PER_HUNDRED["nightly"], print_blob=True, **_SLOW_IS_FINE
)


def load_profile() -> str:
    """Load the profile that the environment names, and return its name; KeyError where there is none of that name."""
    name = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
    if name not in PER_HUNDRED:
        raise KeyError(f"HYPOTHESIS_PROFILE={name}: there are {', '.join(PER_HUNDRED)}")
    settings.load_profile(name)
    return name


def examples(count: int, **options: Any) -> settings:
    """Return settings that try ``count`` examples in profile ci, and in the others in proportion."""
    return settings(max_examples=max(FEWEST, count * PER_HUNDRED[_PROFILE] // 100), **options)


_PROFILE: Final = load_profile()

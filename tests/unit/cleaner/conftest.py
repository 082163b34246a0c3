from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

FETCHED = datetime(2018, 9, 12, 12, tzinfo=UTC)
STORY = [
    (
        "The two delegations met for three hours on Tuesday and agreed to meet again before the "
        "end of the month."
    ),
    (
        "A spokeswoman for the ministry said that both sides had been frank, and that differences "
        "remained over inspections."
    ),
    (
        "Officials on both sides described the mood as better than in the spring, when the talks "
        "had broken off in anger."
    ),
    (
        "The next round is expected in October, after the general debate of the assembly, people "
        "close to the talks said."
    ),
]


@pytest.fixture
def raw() -> Callable[..., RawArticle]:
    """A raw article of these bytes; anything else can be named."""

    def build(content: str | bytes, **overrides: Any) -> RawArticle:
        defaults = {"source": "test", "fetched_at": FETCHED}
        return build_raw_article(content, **(defaults | overrides))

    return build

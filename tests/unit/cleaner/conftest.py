from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

FETCHED = datetime(2018, 9, 12, 12, tzinfo=UTC)


@pytest.fixture
def raw() -> Callable[..., RawArticle]:
    """A raw article of these bytes; anything else can be named."""

    def build(content: str | bytes, **overrides: Any) -> RawArticle:
        data = content.encode() if isinstance(content, str) else content
        fields: dict[str, Any] = {
            "source": "test",
            "uri": "urn:test:1",
            "content_type": "text/plain",
            "fetched_at": FETCHED,
            "origin": "feed",
        }
        return build_raw_article(data, **fields | overrides)

    return build

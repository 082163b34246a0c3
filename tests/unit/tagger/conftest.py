"""The gazetteer of the seeds, loaded once, and short ways to make and tag articles."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle, TaggedArticle, TimeSource
from tests.builders import build_clean_article
from tests.seed_data import seed_gazetteer

SEEDS = Path(__file__).parents[3] / "seeds"
SUMMIT_WEEK = date(2018, 9, 12)

Tagging = Callable[..., TaggedArticle]


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return seed_gazetteer()


def clean_article(
    body: str, headline: str = "", day: date = SUMMIT_WEEK, language: str = "en"
) -> CleanArticle:
    return build_clean_article(
        body,
        uri="urn:a",
        source="test",
        headline=headline,
        language=language,
        event_time=datetime.combine(day, time(), UTC),
        event_time_source=TimeSource.MANIFEST,
    )


@pytest.fixture(scope="session")
def make_article() -> Callable[..., CleanArticle]:
    return clean_article


@pytest.fixture(scope="session")
def tagged(gazetteer: Gazetteer) -> Tagging:
    """Tag a body (and headline, day, language) with the seeds' data."""

    def tag_text(
        body: str, headline: str = "", day: date = SUMMIT_WEEK, language: str = "en"
    ) -> TaggedArticle:
        return tag(clean_article(body, headline, day, language), gazetteer)

    return tag_text

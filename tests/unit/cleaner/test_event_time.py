from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from services.cleaner.article_draft import ArticleDraft, Extraction, PageTime
from services.cleaner.event_time import choose_event_time
from shared.messages.schemas import TimeSource
from tests.builders import build_raw_article

FETCHED = datetime(2018, 9, 12, 12, tzinfo=UTC)
PAGE = PageTime(moment=datetime(2018, 9, 11, 3, 4, tzinfo=UTC), provenance="json-ld")
DAY = PageTime(moment=datetime(2018, 9, 11, tzinfo=UTC), precision="day", provenance="meta")
FEED = datetime(2018, 9, 11, 14, 30, tzinfo=UTC)


def chosen_time(
    published: PageTime | None, stated: datetime | None, origin: Literal["feed", "seed"] = "feed"
) -> tuple[datetime | None, TimeSource]:
    raw = build_raw_article(
        b"",
        source="s",
        uri="u",
        content_type="",
        fetched_at=FETCHED,
        origin=origin,
        published_at=stated,
    )
    draft = choose_event_time(
        ArticleDraft(
            raw=raw, extraction=Extraction(headline="", paragraphs=(), published=published)
        )
    )
    return draft.event_time, draft.event_time_source


@pytest.mark.parametrize(
    ("published", "stated", "expected"),
    [
        (PAGE, FEED, (PAGE.moment, TimeSource.PAGE)),
        (DAY, FEED, (FEED, TimeSource.FEED)),
        (DAY, FEED + timedelta(days=2), (DAY.moment, TimeSource.PAGE)),
        (DAY, None, (DAY.moment, TimeSource.PAGE)),
        (None, FEED, (FEED, TimeSource.FEED)),
        (None, None, (FETCHED, TimeSource.FETCHED)),
        (
            PageTime(moment=FETCHED + timedelta(days=2), provenance="meta"),
            FEED,
            (FEED, TimeSource.FEED),
        ),
    ],
)
def test_the_best_witness_of_the_time_wins(
    published: PageTime | None, stated: datetime | None, expected: tuple[datetime, TimeSource]
) -> None:
    """The order is page, feed, fetched; a day gives way to a moment on it.

    A time in the future is ignored.
    """
    assert chosen_time(published, stated) == expected


def test_a_seeds_stated_time_is_the_manifests() -> None:
    """For a seed the same field is the manifest's time."""
    assert chosen_time(None, FEED, "seed") == (FEED, TimeSource.MANIFEST)

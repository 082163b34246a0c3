from datetime import UTC, datetime

import pytest

from services.board.state.recent_articles import MAX_RECORD_BYTES, RecentArticles
from tests.unit.board.board_samples import a_tagged


def test_the_last_articles_are_kept_each_once_and_newest_first() -> None:
    """A new revision takes the old one's place; the oldest leaves where there are too many."""
    recent = RecentArticles(limit=2)
    for number, headline in ((1, "one"), (2, "two"), (1, "one, corrected"), (3, "three")):
        recent.take(a_tagged(number, headline=headline))
    assert [(kept.id, kept.headline) for kept in recent.newest_first()] == [
        ("article-3", "three"),
        ("article-1", "one, corrected"),
    ]
    assert recent.record("article-1") == a_tagged(1, headline="one, corrected")
    assert recent.record("article-2") is None


def test_what_a_list_shows_is_cut() -> None:
    """A hostile headline costs little."""
    recent = RecentArticles(limit=1)
    recent.take(a_tagged(1, headline="W" * 5_000))
    (kept,) = recent.newest_first()
    assert len(kept.headline) == 200
    assert kept.published == datetime(2018, 9, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "record",
    [
        None,
        b"",
        b"x",
        b"[]",
        b'{"article": {}}',
        b"\xff\xfe",
        b" " * (MAX_RECORD_BYTES + 1) + b"{}",
    ],
)
def test_what_is_no_article_is_not_kept(record: bytes | None) -> None:
    """Its own stages tell of it; the board goes on."""
    recent = RecentArticles(limit=5)
    recent.take(record)
    assert list(recent.newest_first()) == []

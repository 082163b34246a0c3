import logging
import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.pipeline import clean
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.codec import decode, encode
from shared.messages.ids import article_id
from shared.messages.schemas import CleanArticle, RawArticle, TimeSource
from tests.hypothesis_profiles import examples

BuildRaw = Callable[..., RawArticle]
TEXT = """Talks to resume

VIENNA -- The delegations met on Tuesday and agreed to meet again. They said so in Vienna.

A date is still to be named, they said.
"""
PIECES = [
    "<p>",
    "<div>",
    "</div>",
    "<h1>Title",
    "</h1>",
    "<script>",
    "</script>",
    "<meta charset=",
    "{{x}}",
]
PIECES += ["©", "\n", "\r\n", ". ", "-- ", "a", "Ж", "한", "&#xD800;", "\x00"]


def cleaned(raw: RawArticle) -> CleanArticle:
    outcome = clean(raw)
    assert isinstance(outcome, CleanArticle)
    return outcome


def test_every_field_is_filled(raw: BuildRaw) -> None:
    """A text goes through all steps: every field has its value and its evidence."""
    article = cleaned(
        raw(
            TEXT,
            uri="urn:x",
            published_at=datetime(2018, 9, 11, 8, tzinfo=UTC),
            origin="seed",
            byline="Ann Lee",
            url="https://example.org/a",
        )
    )
    assert article.article_id == article_id("urn:x")
    assert (article.headline, article.dateline, article.language) == (
        "Talks to resume",
        "VIENNA",
        "en",
    )
    assert [article.body[span.start : span.end] for span in article.sentences][
        1
    ] == "They said so in Vienna."
    assert len(article.paragraphs) == 2
    assert (article.event_time, article.event_time_source) == (
        datetime(2018, 9, 11, 8, tzinfo=UTC),
        TimeSource.MANIFEST,
    )
    assert article.stated_time == article.event_time
    assert (article.byline, article.url) == ("Ann Lee", "https://example.org/a")
    assert set(article.evidence) == {"body", "charset", "event_time", "headline", "language"}


def test_a_revision_is_the_content_and_the_article_its_uri(raw: BuildRaw) -> None:
    """Other words are another revision of the same article; a refetch is none."""
    first, later = (
        cleaned(raw(TEXT)),
        cleaned(raw(TEXT, fetched_at=datetime(2019, 1, 1, tzinfo=UTC))),
    )
    edited, elsewhere = (
        cleaned(raw(TEXT.replace("Tuesday", "Monday"))),
        cleaned(raw(TEXT, uri="urn:test:2")),
    )
    assert (first.article_id, first.revision) == (later.article_id, later.revision)
    assert first.article_id == edited.article_id
    assert first.revision != edited.revision
    assert (first.article_id, first.revision) != (elsewhere.article_id, elsewhere.revision)


@pytest.mark.parametrize("content", ["", " \n ", "....\n----\n"])
def test_nothing_to_read_is_dropped(content: str, raw: BuildRaw) -> None:
    """An empty file is dropped, and is no dead letter."""
    outcome = clean(raw(content))
    assert isinstance(outcome, Drop)
    assert outcome.reason in set(CleanDrop)


def test_it_runs_in_another_process(raw: BuildRaw) -> None:
    """The function, its input and its result can be pickled, as child processes need."""
    article = cleaned(raw(TEXT))
    assert pickle.loads(pickle.dumps(clean))(raw(TEXT)) == pickle.loads(pickle.dumps(article))  # noqa: S301 - our own bytes
    assert isinstance(pickle.loads(pickle.dumps(Drop(CleanDrop.EMPTY_BODY))), Drop)  # noqa: S301 - our own bytes


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map(
            "".join
        ),
    ),
    kind=st.sampled_from(["", "text/plain", "text/html", "text/html; charset=utf-16"]),
)
def test_any_bytes_end_well(content: bytes | str, kind: str, raw: BuildRaw) -> None:
    """Any bytes give an article, a drop or InvalidMessage, and the same one twice.

    Spans are within the text, and the article survives the codec.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    message = raw(
        content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content,
        content_type=kind,
    )
    try:
        outcome = clean(message)
    except InvalidMessage:
        return
    assert clean(message) == outcome
    if isinstance(outcome, CleanArticle):
        assert decode(encode(outcome), CleanArticle) == outcome
        assert outcome.headline
        assert (
            "\n\n".join(outcome.body[span.start : span.end] for span in outcome.paragraphs)
            == outcome.body
        )
        assert all(0 <= span.start < span.end <= len(outcome.body) for span in outcome.sentences)

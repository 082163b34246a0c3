"""The article in a POST: what is taken from JSON, a page or a text, and every refusal."""

from datetime import UTC, datetime
from http import HTTPStatus

import orjson
import pytest

from services.cleaner.pipeline import clean
from services.fetcher.push.problem import PushProblem, describe_problem
from services.fetcher.push.pushed_article import (
    MAX_LINES,
    PushedBody,
    parse_idempotency_key,
    parse_pushed,
    split_lines,
)
from shared.messages.schemas import CleanArticle, RawArticle

NOW = datetime(2018, 9, 11, 10, tzinfo=UTC)
WIRE = ("wire",)


def push(
    content: bytes,
    media_type: str = "application/json",
    sources: tuple[str, ...] = WIRE,
    **parameters: str,
) -> RawArticle:
    body = PushedBody(
        media_type=media_type.partition(";")[0],
        content_type=media_type,
        content=content,
        parameters=parameters,
    )
    return parse_pushed(body, sources, NOW)


def item(**fields: object) -> bytes:
    return orjson.dumps(
        {"uri": "urn:wire:1", "headline": "A summit", "body_text": "They met.", **fields}
    )


def test_an_item_in_json_is_kept_as_it_was_sent() -> None:
    """Its fields are also on the message; the bytes are what the cleaner reads."""
    content = item(
        url="HTTPS://Wire.example:443/a?utm_source=x",
        byline="Jane Doe",
        language="en-GB",
        versioncreated="2018-09-11T09:30:00+02:00",
        version="3",
    )
    article = push(content)
    assert article == RawArticle(
        source="wire",
        uri="urn:wire:1",
        content_type="application/json",
        content=content,
        fetched_at=NOW,
        origin="push",
        url="https://wire.example/a",
        headline="A summit",
        byline="Jane Doe",
        language="en-GB",
        published_at=datetime(2018, 9, 11, 7, 30, tzinfo=UTC),
    )


def test_an_address_is_an_identity_in_the_form_of_a_poll() -> None:
    """So an article that is pushed and polled is one; without a uri its url stands for it."""
    assert push(item(uri="http://Wire.example/a#top")).uri == "http://wire.example/a"
    content = orjson.dumps({"url": "https://wire.example/b?fbclid=1", "body_html": "<p>x</p>"})
    assert push(content).uri == "https://wire.example/b"


def test_a_page_has_its_fields_in_the_query() -> None:
    """The content type is kept whole: its charset decodes the page."""
    body = PushedBody(
        media_type="text/html",
        content_type="text/html; charset=iso-8859-1",
        content=b"<p>Caf\xe9</p>",
        parameters={"url": "https://wire.example/c", "headline": "Café", "published": "2018-09-10"},
    )
    article = parse_pushed(body, WIRE, NOW)
    assert (article.uri, article.headline) == ("https://wire.example/c", "Café")
    assert (article.content_type, article.content) == (body.content_type, body.content)
    assert article.published_precision == "day"


@pytest.mark.parametrize(
    "fields",
    [
        {"pubstatus": "canceled"},
        {"pubstatus": "canceled", "headline": "KILL"},
        {"pubstatus": "cancelled", "version": "4", "body_text": None},
        {"pubStatus": "stat:canceled", "versionCreated": "2018-09-11T09:30:00Z"},
        {"pubstatus": "canceled", "embargoed": "2019-01-01T00:00:00Z"},
        {"pubstatus": "withheld", "embargoed": "until further notice"},
    ],
)
def test_a_kill_needs_no_text_and_has_no_embargo(fields: dict[str, object]) -> None:
    """Nor a headline: its uri says which article is taken back."""
    content = orjson.dumps({"uri": "tag:w,1", **fields})
    assert push(content).content == content


def test_a_minimal_kill_withdraws_its_article() -> None:
    """For the cleaner it is a canceled version of the article that was posted before."""
    before = clean(push(item()))
    kill = clean(push(orjson.dumps({"uri": "urn:wire:1", "pubstatus": "canceled"})))
    assert isinstance(before, CleanArticle)
    assert isinstance(kill, CleanArticle)
    assert (kill.article_id, kill.pubstatus) == (before.article_id, "canceled")
    assert kill.body
    assert kill.revision != before.revision


def test_names_are_read_as_ninjs_3_writes_them() -> None:
    """Its times and status have capitals; the text is in bodies."""
    bodies = [{"role": "main", "contentType": "text/plain", "value": "They met."}]
    fields = {"versionCreated": "2018-09-11T09:30:00Z", "pubStatus": "usable", "bodies": bodies}
    article = push(orjson.dumps({"uri": "urn:wire:1", **fields}))
    assert article.published_at == datetime(2018, 9, 11, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("embargo", "is_over"),
    [
        ("2018-09-11T10:00:00Z", True),
        ("2018-09-11T10:00:01Z", False),
        ("2018-09-11T12:30:00+02:00", False),
        ("2018-09-11T11:30:00+02:00", True),
        ("2027-01-01T00:00:00Z", False),
        ("2018-09-11", False),
        ("2018-09-09", True),
        ("2018-09-10 23:00", False),
        ("2018-09-10 21:00", True),
        ("noon", False),
        ("", True),
    ],
)
def test_an_embargo_is_never_broken(embargo: str, *, is_over: bool) -> None:
    """Nothing is held back, so an item is refused until its embargo ends, in every time zone."""
    if is_over:
        assert push(item(embargoed=embargo)).uri == "urn:wire:1"
        return
    with pytest.raises(PushProblem) as caught:
        push(item(embargoed=embargo))
    assert (caught.value.status, caught.value.field) == (422, "embargoed")


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
@pytest.mark.parametrize("text", ["The text.", "Kim is dead.", "Ким умер.", "hello", "회담 취소"])
@pytest.mark.parametrize("headline", [None, "A flash"])
def test_a_short_text_reaches_the_articles(
    text: str, media_type: str, headline: str | None
) -> None:
    """A publisher's flash is an article, whatever the cleaner would make of it in a page."""
    content = f"<p>{text}</p>" if media_type == "text/html" else text
    fields = {} if headline is None else {"headline": headline}
    posted = push(content.encode(), f"{media_type}; charset=utf-8", WIRE, uri="urn:w:9", **fields)
    article = clean(posted)
    assert isinstance(article, CleanArticle)
    assert (article.headline, article.body) == (headline or text, text)


def test_a_time_in_the_future_is_ignored() -> None:
    """As in a feed: the article counts from when it was received."""
    assert push(item(published="2018-09-20T00:00:00Z")).published_at is None


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        (b"", "bad-json", ""),
        (b"[1]", "bad-json", ""),
        (b'{"uri": "\\ud800"}', "bad-json", ""),
        (b"[" * 100_000, "bad-json", ""),
        (orjson.dumps({"uri": "urn:w:1"}), "bad-field", "body_text"),
        (orjson.dumps({"body_text": "x"}), "bad-field", "uri"),
        (orjson.dumps({"pubstatus": "canceled"}), "bad-field", "uri"),
        (item(pubstatus=["canceled"]), "bad-field", "pubstatus"),
        (item(embargoed=20270101), "bad-field", "embargoed"),
        (item(uri="javascript:alert(1)"), "bad-field", "uri"),
        (item(uri="DATA:text/html,x"), "bad-field", "uri"),
        (item(uri="vbscript:x"), "bad-field", "uri"),
        (item(pubstatus="killed"), "bad-field", "pubstatus"),
        (item(body_html=1), "bad-field", "body_html"),
        (item(uri="no uri"), "bad-field", "uri"),
        (item(uri="http://user:secret@wire.example/"), "bad-field", "uri"),
        (item(uri="urn:" + "x" * 100_000), "bad-field", "uri"),
        (item(url="ftp://wire.example/"), "bad-field", "url"),
        (item(headline=["a"]), "bad-field", "headline"),
        (item(headline="x" * 100_000), "bad-field", "headline"),
        (item(language="English"), "bad-field", "language"),
        (item(firstcreated="02/03/2019"), "bad-field", "firstcreated"),
        (item(source="blog"), "wrong-source", "source"),
    ],
)
def test_a_refusal_says_where(content: bytes, code: str, field: str) -> None:
    """The code and field of each mistake, and a detail that can be written as JSON."""
    with pytest.raises(PushProblem) as caught:
        push(content)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert "secret" not in caught.value.detail
    orjson.dumps(describe_problem(caught.value))


def test_one_of_several_sources_must_be_named() -> None:
    """A token of one source needs none; one of two takes either of them."""
    assert push(item(source="blog"), sources=("wire", "blog")).source == "blog"
    with pytest.raises(PushProblem, match="wire, blog"):
        push(item(), sources=("wire", "blog"))


def test_a_parameter_that_does_not_exist_is_refused() -> None:
    """Else a slip would lose a headline unnoticed; neither is an empty page or a picture taken."""
    for content, media_type, parameters in (
        (b"x", "text/plain", {"url": "https://w.example/", "titel": "x"}),
        (b" ", "text/html", {"url": "https://w.example/"}),
        (b"x", "image/png", {}),
        (b"x", "", {}),
    ):
        with pytest.raises(PushProblem):
            push(content, media_type, WIRE, **parameters)


def test_an_idempotency_key_is_a_string_in_quotes_or_bare() -> None:
    """The draft has a structured string; many clients send it bare."""
    assert parse_idempotency_key('"8e03978e-40d5"') == parse_idempotency_key(" 8e03978e-40d5 ")
    for bad in ("", '""', "x" * 201, "two words", "ä"):
        with pytest.raises(PushProblem):
            parse_idempotency_key(bad)


def test_a_list_has_an_end() -> None:
    """Empty lines do not count; no article, or too many, is refused."""
    assert split_lines(b"{}\r\n\n{}\n") == [b"{}\r", b"{}"]
    for content in (b"", b"\n\n", b"{}\n" * (MAX_LINES + 1)):
        with pytest.raises(PushProblem) as caught:
            split_lines(content)
        assert caught.value.status is HTTPStatus.BAD_REQUEST

"""The stage from pushes.v1: each article once, and a receipt for every request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.push.receipts import (
    LIMITS,
    ReceiptLimits,
    answer_key,
    answered_request,
    fingerprint_of,
    take_push,
)
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import PushReceipt, PushRequest, RawArticle
from shared.stream.state_store import StateStore

NOW = datetime(2018, 9, 11, 10, tzinfo=UTC)


def build(text: str = "They met.", at: datetime = NOW) -> RawArticle:
    return RawArticle(
        source="wire",
        uri="urn:wire:1",
        content_type="text/plain",
        content=text.encode(),
        fetched_at=at,
        origin="push",
    )


def post(
    state: StateStore,
    request: str,
    article: RawArticle,
    key: str | None = None,
    limits: ReceiptLimits = LIMITS,
) -> tuple[list[bytes], PushReceipt]:
    push = PushRequest(
        request=request,
        source=article.source,
        fingerprint=fingerprint_of(article),
        article=article,
        idempotency_key=key,
    )
    outputs = take_push(codec.encode(push), state, limits)
    answer = codec.decode(state.get(answer_key("wire", request)), PushReceipt)
    state.commit()
    return [output.value for output in outputs], answer


def test_the_same_json_written_otherwise_is_the_same_article() -> None:
    """A client may build it again for the repetition: members move, blanks come and go."""
    contents = (
        b'{"uri": "urn:wire:1", "body_text": "They met.", "subject": [{"a": 1, "b": 2}]}',
        b'{"subject":[{"b":2,"a":1}],"body_text":"They met.","uri":"urn:wire:1"}\r',
        b'{"uri": "urn:wire:1", "body_text": "They m\\u0065t.", "subject": [{"a": 1, "b": 2}]}',
    )
    for content_type in ("application/json", "application/ninjs+json; charset=utf-8"):
        articles = [
            replace(build(), content=content, content_type=content_type) for content in contents
        ]
        assert len(set(map(fingerprint_of, articles))) == 1
        other = replace(articles[0], content=contents[0].replace(b"met", b"spoke"))
        assert fingerprint_of(other) != fingerprint_of(articles[0])
    assert fingerprint_of(build("{}")) != fingerprint_of(build("{ }"))


def test_an_article_is_written_with_its_receipt() -> None:
    """Without a key each post is an article, as each poll is."""
    state = StateStore()
    outputs, answer = post(state, "r1", build())
    assert [codec.decode(value, RawArticle) for value in outputs] == [build()]
    assert (answer.outcome, answer.uri, answer.accepted_at) == ("accepted", "urn:wire:1", NOW)
    assert post(state, "r2", build())[1].outcome == "accepted"


def test_a_key_is_for_one_article() -> None:
    """The same article again is not written, and has the first receipt; another is a conflict."""
    state, later = StateStore(), NOW + timedelta(seconds=9)
    post(state, "r1", build(), "k")
    outputs, answer = post(state, "r2", build(at=later), "k")
    assert outputs == []
    assert (answer.outcome, answer.accepted_at, answer.request) == ("repeated", NOW, "r2")
    outputs, answer = post(state, "r3", build("Other."), "k")
    assert (outputs, answer.outcome) == ([], "conflict")
    assert post(state, "r4", build(), "k")[1].outcome == "repeated"
    assert post(state, "r5", build("Other."), "k2")[1].outcome == "accepted"


def test_another_source_may_use_the_same_key() -> None:
    """Keys belong to a source, so two publishers cannot collide."""
    state = StateStore()
    post(state, "r1", build(), "k")
    other = replace(build("Other."), source="blog")
    push = PushRequest(
        request="r2", source="blog", fingerprint="f", article=other, idempotency_key="k"
    )
    assert len(take_push(codec.encode(push), state)) == 1


def test_receipts_expire() -> None:
    """A key is kept for a day, an answer for minutes, and neither without a limit in number."""
    state = StateStore()
    post(state, "r1", build(), "k")
    later = NOW + LIMITS.answers_last * 2
    _, answer = post(state, "r2", build(at=later), "k")
    assert answer.outcome == "repeated"
    assert state.get(answer_key("wire", "r1")) is None
    post(state, "r3", build(at=NOW + timedelta(hours=25)))
    assert post(state, "r4", build(at=NOW + timedelta(hours=25)), "k")[1].outcome == "accepted"
    for number in range(30):
        post(state, f"n{number}", build(f"{number}", at=later + timedelta(days=2)), f"k{number}")
    assert state.size <= 62


def test_the_number_of_receipts_is_bounded() -> None:
    """The oldest key goes when there are too many, however young it is."""
    limits, state = ReceiptLimits(keys=10, answers=10), StateStore()
    for number in range(40):
        post(state, f"r{number}", build(f"{number}"), f"k{number}", limits)
    assert state.size <= 22
    assert post(state, "x", build("39"), "k39", limits)[1].outcome == "repeated"
    assert post(state, "y", build("0"), "k0", limits)[1].outcome == "accepted"


def test_only_answers_are_answers() -> None:
    """The reader tells the receipt of a request from that of a key, and from anything else."""
    assert answered_request(answer_key("wire", "r1")) == "r1"
    for key in (None, b"", b"wire/key/k", b"wire/answer/", b"\xff", b"wire"):
        assert answered_request(key) is None


def test_a_broken_request_is_a_dead_letter() -> None:
    """It says what is wrong; a receipt that cannot be read counts as none."""
    with pytest.raises(InvalidMessage):
        take_push(b"{}", StateStore())
    state = StateStore({b"wire/key/k": b"{}"})
    assert post(state, "r1", build(), "k")[1].outcome == "accepted"

"""The pages behind the links in messages, over HTTP and without Kafka."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from services.board.feedback.pages import MAX_FORM_BYTES, FeedbackPages
from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.desk_decisions import DeskEntry
from shared.feedback.message_links import MessageLinks, MessageReference, reference
from shared.kafka.topics import FEEDBACK, SILENCES
from shared.kafka.transaction import Write
from shared.messages import codec
from shared.messages.schemas import Feedback, Silence
from shared.service.web_server import _build_application
from tests.unit.board.board_samples import a_story_notification, an_alert, incoming

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
KEY = "k" * 32
LINKS = MessageLinks([KEY], timedelta(days=7))
HOSTILE = """</h3><script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7*7 }}\u202eabc"""


@dataclass
class Scene:
    """The pages, a board that knows one message, and what was written."""

    client: "TestClient[Any, Any]"
    board: BoardState
    message: MessageReference
    written: list[Write] = field(default_factory=list)

    def path(self, action: str, token: str | None = None) -> str:
        return f"/feedback/{action}/{token or LINKS.sign(self.message, NOW)}"

    async def get(self, action: str, token: str | None = None) -> tuple[int, str]:
        async with self.client.get(self.path(action, token)) as answer:
            return answer.status, await answer.text()

    async def post(
        self,
        action: str,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **form: Any,
    ) -> tuple[int, str]:
        own = {"Origin": str(self.client.make_url("")).rstrip("/")}
        async with self.client.post(
            self.path(action, token), data=form, headers=own if headers is None else headers
        ) as answer:
            return answer.status, await answer.text()

    def read(self, kind: type[Any]) -> list[Any]:
        return [codec.decode(write.value, kind) for write in self.written]

    def apply(self) -> None:
        """Let the board read what was written."""
        for write in self.written:
            record = BoardRecord(
                topic=write.topic,
                value=write.value,
                headers={},
                recorded_ms=0,
                key=write.key or b"",
            )
            self.board.take(record)


@asynccontextmanager
async def scene(
    *, links: MessageLinks | None = LINKS, headline: str = "Leaders meet", rules: int = 1
) -> AsyncIterator[Scene]:
    board = BoardState(limit=10)
    alerts = [an_alert(1, rule_id=f"rule-{n}", headline=headline) for n in range(rules)]
    notification = a_story_notification(*alerts)
    board.take(incoming(notification))
    written: list[Write] = []

    async def send(write: Write) -> None:
        written.append(write)

    pages = FeedbackPages(links, board, (FEEDBACK.name, SILENCES.name), send, lambda: NOW)
    async with TestClient(TestServer(_build_application(pages.routes(), None))) as client:
        yield Scene(client, board, reference(notification), written)


@pytest.mark.parametrize("action", ["acknowledge", "wrong", "silence"])
async def test_opening_a_link_changes_nothing(action: str) -> None:
    """However often: chat programs, scanners and browsers open links by themselves."""
    async with scene() as at:
        for _ in range(3):
            status, page = await at.get(action)
            assert status == 200
        assert "Leaders meet" in page
        assert '<form class="trial" method="post"' in page
        assert "<script" not in page
        for method in ("HEAD", "PUT", "DELETE", "OPTIONS"):
            async with at.client.request(method, at.path(action)) as answer:
                assert answer.status in (200, 405)
        assert at.written == []


async def test_an_acknowledgement_is_a_fact() -> None:
    """Of this message, by that person; pressing twice is the same fact."""
    async with scene(rules=2) as at:
        for _ in range(2):
            status, page = await at.post("acknowledge", author=" Ana  Kim ", comment="on it")
            assert (status, "Acknowledged, <bdi>Ana Kim</bdi>" in page) == (200, True)
        first, second = at.read(Feedback)
        assert first == second
        assert (first.kind, first.author, first.comment, first.at) == (
            "acknowledged",
            "Ana Kim",
            "on it",
            NOW,
        )
        assert first.rules == ("rule-0", "rule-1")
        assert (first.destination, first.story_id) == (at.message.destination, at.message.story_id)
        assert at.written[0].key == first.feedback_id.encode()
        assert at.written[0].topic == FEEDBACK.name


async def test_what_is_wrong_names_the_rules() -> None:
    """All are ticked at first; whoever takes one off says that it was right to fire."""
    async with scene(rules=2) as at:
        _, page = await at.get("wrong")
        assert page.count(" checked") == 2
        status, _ = await at.post("wrong", author="Bo", why="old_news", rule="rule-1")
        (feedback,) = at.read(Feedback)
        assert (status, feedback.rules, feedback.wrong_reason) == (200, ("rule-1",), "old_news")


@pytest.mark.parametrize(
    ("action", "form", "message"),
    [
        ("acknowledge", {}, "Say who you are"),
        ("acknowledge", {"author": "x" * 81}, "A name has at most 80"),
        ("wrong", {"author": "Bo", "rule": "rule-0"}, "Say why it is wrong"),
        ("wrong", {"author": "Bo", "why": "boring", "rule": "rule-0"}, "Say why it is wrong"),
        ("wrong", {"author": "Bo", "why": "denied"}, "Say which rule is wrong"),
        ("wrong", {"author": "Bo", "why": "denied", "rule": "other"}, "Say which rule is wrong"),
        ("silence", {"author": "Bo", "duration": "99 years"}, "Say how long"),
        ("silence", {"duration": "1 hour"}, "Say who you are"),
    ],
)
async def test_an_incomplete_form_comes_back(
    action: str, form: dict[str, str], message: str
) -> None:
    """With what is missing and what was entered; nothing is written."""
    async with scene(rules=2) as at:
        status, page = await at.post(action, None, None, **({"comment": "my comment"} | form))
        assert (status, message in page, 'value="my comment"' in page) == (422, True, True)
        assert at.written == []


async def test_a_story_is_silenced_at_one_destination() -> None:
    """For the time that was chosen; the same person's next silence replaces it."""
    async with scene() as at:
        for duration in ("1 hour", "1 day"):
            status, page = await at.post("silence", author="Ana", duration=duration)
            assert status == 200
        assert "Silenced until 7 Mar, 12:00 UTC" in page
        first, second = at.read(Silence)
        assert first.silence_id == second.silence_id
        assert (second.story_id, second.destination) == (
            at.message.story_id,
            at.message.destination,
        )
        assert (second.ends_at - second.starts_at, second.matchers) == (timedelta(days=1), ())
        assert at.written[0].topic == SILENCES.name


async def test_what_was_said_is_shown_and_can_be_taken_back() -> None:
    """On the page of the same message; then it is gone."""
    async with scene() as at:
        await at.post("wrong", author="Ana", why="denied", comment="he never said so")
        at.apply()
        _, page = await at.get("acknowledge")
        assert "<b>wrong</b> (denied) by <bdi>Ana</bdi>" in page
        (feedback,) = at.read(Feedback)
        assert (await at.post("withdraw", id="unknown"))[0] == 404
        status, page = await at.post("withdraw", id=feedback.feedback_id)
        assert (status, "Taken back" in page) == (200, True)
        at.apply()
        assert at.read(Feedback)[-1].withdrawn_at == NOW
        assert "he never said so" not in (await at.get("acknowledge"))[1]


async def test_another_message_cannot_be_taken_back() -> None:
    """A link is about its own message only."""
    async with scene() as at:
        await at.post("acknowledge", author="Ana")
        at.apply()
        (feedback,) = at.read(Feedback)
        other = LINKS.sign(
            MessageReference(notification_id="x", destination="d", story_id="s"), NOW
        )
        assert (await at.post("withdraw", token=other, id=feedback.feedback_id))[0] == 404
        assert len(at.written) == 1


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_link_that_does_not_hold_says_why(method: str) -> None:
    """403 if it is not ours, 410 if it is too old, 404 without keys or for another page."""
    async with scene() as at:
        ask = at.get if method == "get" else at.post
        token = LINKS.sign(at.message, NOW - timedelta(days=8))
        old = await ask("acknowledge", token)
        assert (old[0], "expired" in old[1]) == (410, True)
        forged = LINKS.sign(at.message, NOW)[:-3] + "abc"
        foreign = MessageLinks(["x" * 32], timedelta(days=7)).sign(at.message, NOW)
        for bad in (forged, foreign, "x", "%00", "…", "a" * 3_000):
            status, page = await ask("acknowledge", bad)
            assert (status, "not valid" in page, "Traceback" in page) == (403, True, False)
        assert (await ask("delete-all"))[0] == 404
        assert at.written == []
    async with scene(links=None) as at:
        status, page = await (at.get if method == "get" else at.post)("acknowledge")
        assert (status, "LINK_KEYS is not set" in page) == (404, True)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}],
)
async def test_only_a_form_from_a_page_is_accepted(headers: dict[str, str]) -> None:
    """A program that posts to every link of a mail names no page."""
    async with scene() as at:
        status, _ = await at.post("acknowledge", headers=headers, author="Ana")
        assert (status, at.written) == (403, [])


async def test_other_bodies_are_refused() -> None:
    """Another type, one that is too large, one that is no text."""
    async with scene() as at:
        url, own = at.path("acknowledge"), {"Sec-Fetch-Site": "same-origin"}
        form = own | {"Content-Type": "application/x-www-form-urlencoded"}
        for data, headers, status in (
            (b'{"author": "Ana"}', own | {"Content-Type": "application/json"}, 415),
            (b"author=" + b"x" * MAX_FORM_BYTES, form, 413),
            (b"author=\xff\xfe", form, 422),
            (b"&".join(b"a=1" for _ in range(200)), form, 422),
        ):
            async with at.client.post(url, data=data, headers=headers) as answer:
                assert answer.status == status
        assert at.written == []


async def test_hostile_texts_are_text() -> None:
    """A headline, a name and a comment cannot become markup, nor an expression of the template."""
    async with scene(headline=HOSTILE) as at:
        _, page = await at.post("wrong", author=HOSTILE[:70], why="denied", comment=HOSTILE)
        at.apply()
        shown = [page, (await at.get("wrong"))[1]]
        _, again = await at.post("wrong", author=HOSTILE[:70], why="", comment=HOSTILE)
        for each in (*shown, again):
            assert "<script" not in each
            assert "<img src=x" not in each
            assert "49" not in each.replace("#", "")
            assert "&lt;script&gt;" in each


async def test_no_answer_lets_a_page_be_framed_cached_or_listed() -> None:
    """And a form may only go to this very site."""
    async with scene() as at, at.client.get(at.path("wrong")) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_board_shows_it_on_the_story() -> None:
    """Whatever comes first: the message or what was said of it."""
    async with scene() as at:
        await at.post("acknowledge", author="Ana")
        await at.post("silence", author="Bo", duration="1 hour")
    notification = a_story_notification(an_alert(1, rule_id="rule-0", headline="Leaders meet"))
    said = [
        BoardRecord(
            topic=each.topic, value=each.value, headers={}, recorded_ms=0, key=each.key or b""
        )
        for each in at.written
    ]
    boards: list[tuple[DeskEntry, ...]] = []
    facts = [incoming(an_alert(1, rule_id="rule-0")), incoming(notification)]
    for records in ([*facts, *said], [*said, *facts], [*said[::-1], *facts[::-1]]):
        board = BoardState(limit=10)
        for record in records:
            board.take(record)
        (story,) = board.stories()
        boards.append(story.desk)
    assert boards[0] == boards[1] == boards[2]
    said_by = {(entry.kind, entry.author) for entry in boards[0]}
    assert said_by == {("acknowledged", "Ana"), ("silenced", "Bo")}


async def test_a_broker_that_is_gone_is_an_answer() -> None:
    """503, and the person can try again."""
    board = BoardState(limit=10)

    async def send(_write: Write) -> None:
        raise TimeoutError

    pages = FeedbackPages(LINKS, board, (FEEDBACK.name, SILENCES.name), send, lambda: NOW)
    message = MessageReference(notification_id="n", destination="slack:a", story_id="s")
    async with TestClient(TestServer(_build_application(pages.routes(), None))) as client:
        at = Scene(client, board, message)
        status, page = await at.post("acknowledge", author="Ana")
    assert (status, "try again" in page) == (503, True)

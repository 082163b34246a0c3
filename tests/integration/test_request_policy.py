"""The board and the fake Slack over raw sockets accept only their own names and their own pages."""

import asyncio
from collections.abc import Sequence

import pytest

from services.board.live import Live
from services.console.fake_slack.server import FakeSlack
from tests.board_tools import served
from tests.unit.board.board_samples import an_alert, incoming

SECRET = "Trump and Kim to meet"
FOREIGN: Sequence[tuple[str, ...]] = (
    ("Host: localhost", "Origin: http://evil.example"),
    ("Host: localhost", "Origin: null"),
    ("Host: localhost:1", "Origin: http://localhost:2"),
    ("Host: localhost", "Sec-Fetch-Site: cross-site"),
    ("Host: localhost", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"),
)


def a_live() -> Live:
    live = Live(alerts=10, viewers=5, epoch="run")
    live.update_cluster("connected", behind=0)
    live.take([incoming(an_alert(headline=SECRET))])
    return live


async def ask(port: int, first: str, *headers: str, body: str = "") -> str:
    """The whole answer, head and body, as text; no library mends the request on its way."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        first,
        *headers,
        "Connection: close",
        *([f"Content-Length: {len(body)}"] if body else []),
        "",
        body,
    ]
    writer.write("\r\n".join(lines).encode("latin-1"))
    try:
        async with asyncio.timeout(10):
            return (await reader.read()).decode("utf-8", "replace")
    finally:
        writer.close()


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/alerts",
        "/api/status",
        "/api/articles",
        "/events",
        "/static/board.js",
        "/why/x",
        "/nothing",
    ],
)
async def test_the_board_answers_to_no_other_name(path: str) -> None:
    """Every route, even an unknown one, gives 421 and the remedy, and nothing of an alert."""
    async with served(a_live()) as board:
        answer = await ask(
            int(board.url.rpartition(":")[2]), f"GET {path} HTTP/1.1", "Host: evil.example:6105"
        )
    assert status(answer) == 421
    assert "the name evil.example" in answer
    assert "BOARD_HOSTS" in answer
    assert SECRET not in answer
    assert "X-Content-Type-Options: nosniff" in answer


@pytest.mark.parametrize(
    ("first", "headers", "expected"),
    [
        ("GET /api/alerts HTTP/1.1", ("Host: LOCALHOST.:9",), (200,)),
        ("GET /api/alerts HTTP/1.1", ("Host: [::1]:9",), (200,)),
        ("GET /api/alerts HTTP/1.1", ("Host: Board.Example",), (200,)),
        ("GET http://localhost/api/alerts HTTP/1.1", ("Host: localhost",), (200,)),
        ("GET http://evil.example/api/alerts HTTP/1.1", ("Host: localhost",), (421,)),
        ("GET http://localhost/api/alerts HTTP/1.1", ("Host: evil.example",), (421,)),
        ("GET /api/alerts HTTP/1.1", (), (400, 421)),
        ("GET /api/alerts HTTP/1.0", (), (421,)),
        ("GET /api/alerts HTTP/1.1", ("Host: localhost", "Host: evil.example"), (400, 421)),
        ("GET /api/alerts HTTP/1.1", ("Host: localhost", "Host: localhost"), (400, 421)),
        ("GET /api/alerts HTTP/1.1", ("Host: evil.example", "X-Forwarded-Host: localhost"), (421,)),
        ("GET /api/alerts HTTP/1.1", ("Host: evil.example", "Forwarded: host=localhost"), (421,)),
        ("GET /api/alerts HTTP/1.1", ("Host: localhost\x00.evil.example",), (400, 421)),
        ("HEAD /api/alerts HTTP/1.1", ("Host: evil.example",), (421,)),
        (
            "POST /api/try HTTP/1.1",
            ("Host: evil.example", "Content-Type: application/json"),
            (421,),
        ),
        ("OPTIONS /api/try HTTP/1.1", ("Host: evil.example",), (421,)),
    ],
)
async def test_odd_requests(
    first: str, headers: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    """Spellings of its own names get in; a second name anywhere, or none, does not."""
    async with served(a_live(), hosts="board.example") as board:
        answer = await ask(int(board.url.rpartition(":")[2]), first, *headers)
    assert status(answer) in expected
    assert (SECRET in answer) == (expected == (200,))


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_answer_to_any_name(path: str) -> None:
    """Prometheus uses board:6105, Kubernetes an address; the response contains no alert."""
    async with served(a_live()) as board:
        answer = await ask(
            int(board.url.rpartition(":")[2]), f"GET {path} HTTP/1.1", "Host: board:6105"
        )
    assert status(answer) == 200
    assert SECRET not in answer


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "first", ["GET /api/alerts HTTP/1.1", "GET /events HTTP/1.1", "POST /api/try HTTP/1.1"]
)
async def test_another_sites_page_gets_nothing(first: str, headers: tuple[str, ...]) -> None:
    """By the names that a browser gives to whoever asks: reading, watching and trying a rule."""
    async with served(a_live()) as board:
        answer = await ask(int(board.url.rpartition(":")[2]), first, *headers)
    assert status(answer) == 403
    assert SECRET not in answer


async def test_a_link_from_another_site_is_followed() -> None:
    """Slack's messages link to the board: the page opens, and its own requests come from itself."""
    async with served(a_live()) as board:
        port = int(board.url.rpartition(":")[2])
        page = await ask(
            port,
            "GET / HTTP/1.1",
            "Host: localhost",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Mode: navigate",
        )
        data = await ask(
            port,
            "GET /api/alerts HTTP/1.1",
            f"Host: localhost:{port}",
            f"Origin: http://localhost:{port}",
            "Sec-Fetch-Site: same-origin",
        )
    assert (status(page), status(data)) == (200, 200)
    assert "frame-ancestors 'none'" in page
    assert SECRET in data


async def test_the_stand_in_for_slack_has_the_same_door() -> None:
    """It shows what was posted, so it only accepts its own names, one of them from --allow-host."""
    message = '{"text": "a secret"}'
    async with FakeSlack(allowed_hosts=["slack-sink"], per_second=100) as sink:
        accepted = await ask(
            sink.port,
            "POST /services/T0/B0/x HTTP/1.1",
            "Host: slack-sink:6110",
            "Content-Type: application/json",
            body=message,
        )
        pages = [
            await ask(sink.port, "GET / HTTP/1.1", f"Host: {host}")
            for host in ("localhost", "slack-sink:6110", "evil.example")
        ]
        lines = await ask(sink.port, "GET /posts HTTP/1.1", "Host: evil.example")
        foreign = await ask(
            sink.port,
            "POST /services/T0/B0/x HTTP/1.1",
            "Host: localhost",
            "Origin: http://evil.example",
            body=message,
        )
    assert status(accepted) == 200
    assert [status(page) for page in pages] == [200, 200, 421]
    assert ["a secret" in page for page in pages] == [True, True, False]
    assert "--allow-host" in pages[2]
    assert status(lines) == 421
    assert status(foreign) == 403
    assert len(sink.posts) == 1
    assert "frame-ancestors 'none'" in pages[0]

"""Apprise's services in their child process, against servers on this machine."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import orjson
from aiohttp import web

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.apprise.apprise_channel import AppriseChannel
from services.alerting.deliver.channels.apprise.service_urls import ServiceUrls
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.templates.samples import SAMPLES

Bodies = list[bytes]


@asynccontextmanager
async def server() -> AsyncIterator[tuple[int, Bodies]]:
    """Run a server that answers with the status that the path names; 0 never ends."""
    bodies = Bodies()

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        status = int(request.match_info["status"])
        if status == 0:
            await asyncio.sleep(60)
        return web.Response(status=status, headers={"Retry-After": "7"} if status == 429 else {})

    app = web.Application()
    app.add_routes([web.post("/{status}", answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], bodies
    finally:
        await runner.cleanup()


async def send_all(channel: AppriseChannel) -> Mapping[str, Answer]:
    """Send the same message to every name at once."""
    body = channel.render(Post(notification=SAMPLES["first"].notification))
    names = list(channel.urls.by_name)
    answers = await asyncio.gather(*(channel.send(name, body, "id") for name in names))
    return dict(zip(names, answers, strict=True))


async def test_what_a_service_answers() -> None:
    """Its last HTTP status counts; without one, whether it was reached; no URL is shown."""
    async with server() as (port, bodies):
        statuses = (200, 400, 404, 429, 500)
        urls = {str(each): f"json://verysecret@127.0.0.1:{port}/{each}" for each in statuses}
        urls |= {
            "closed": "json://127.0.0.1:9/x",
            "unknown": "verysecret://x",
            "nowhere": "json://verysecret.invalid/x",
        }
        answers = await send_all(AppriseChannel(ServiceUrls(by_name=urls), ["127.0.0.1"]))
    assert {name: str(answer.verdict) for name, answer in answers.items()} == {
        "200": "accepted",
        "400": "malformed",
        "404": "gone",
        "429": "unsent",
        "500": "in_doubt",
        "closed": "unsent",
        "unknown": "gone",
        "nowhere": "unsent",
    }
    assert answers["429"].retry_after_s == 7.0
    assert "verysecret" not in repr(answers)
    assert orjson.loads(bodies[0])["title"].startswith("High · ")


async def test_no_connection_inside_the_network() -> None:
    """What is neither public nor allowed is refused at the connection, whatever names it."""
    async with server() as (port, bodies):
        urls = {
            "address": f"json://127.0.0.1:{port}/200",
            "name": f"json://localhost:{port}/200",
            "log": "syslog://",
            "udp": "rsyslog://127.0.0.1:514",
        }
        answers = await send_all(AppriseChannel(ServiceUrls(by_name=urls)))
        by_name = {"name": f"json://localhost:{port}/200"}
        allowed = await send_all(AppriseChannel(ServiceUrls(by_name=by_name), ["localhost"]))
    assert {str(answer.verdict) for answer in answers.values()} == {"gone"}
    assert allowed["name"].verdict == "accepted"
    assert len(bodies) == 1


async def test_a_service_that_hangs_is_stopped() -> None:
    """Its child is killed, and what it did stays in doubt."""
    async with server() as (port, _):
        urls = ServiceUrls(by_name={"slow": f"json://127.0.0.1:{port}/0?rto=60&cto=60"})
        began = time.monotonic()
        answers = await send_all(AppriseChannel(urls, ["127.0.0.1"], timeout_s=8.0))
    assert answers["slow"].verdict == "in_doubt"
    assert time.monotonic() - began < 25

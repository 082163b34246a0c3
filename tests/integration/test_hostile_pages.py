"""Hostile pages in the cleaner's own child process.

Each gives an article or a dead letter within the limits of time and memory, and the next page is
cleaned.
"""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from services.cleaner.candidate import Candidate, prepare
from services.cleaner.settings import CleanerSettings
from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.limits.process_pool import ProcessPool
from shared.messages.codec import decode, encode
from shared.messages.schemas import CleanArticle
from tests.builders import build_raw_article

MB = 1024 * 1024
ROOM = ARTICLES_RAW.max_message_bytes - 64 * 1024
STORY = (
    "<p>"
    + "Both sides said on Monday that the talks would go on until the end of the week. " * 6
    + "</p>"
)
ENTITIES = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
LIES = [
    "utf-16",
    "utf-32",
    "utf-7",
    "iso-2022-jp",
    "big5",
    "euc-kr",
    "koi8-r",
    "windows-1251",
    "x-user-defined",
    "punycode",
]


def page(inside: str, head: str = "") -> str:
    return (
        f"<html><head><title>Talks go on</title>{head}</head><body><article><h1>Talks go on</h1>"
        f"{STORY}{inside}{STORY}</article></body></html>"
    )


READ = {
    "a script of 20 MB": gzip.compress(
        page(f"<script>{'var a=1;' * (20 * MB // 8)}</script>").encode(), mtime=0
    ),
    "JSON-LD of 20 MB": gzip.compress(
        page(f'<script type="application/ld+json">[{"[1]," * (5 * MB)}1]</script>').encode(),
        mtime=0,
    ),
    "20 000 nested divs": page("<div>" * 20_000).encode(),
    "10 000 attributes of one tag": page(
        f"<p {' '.join(f'a{at}' for at in range(10_000))}>x</p>"
    ).encode(),
    "an entity bomb": page("<p>&a11;</p>")
    .replace("<html>", f'<!DOCTYPE html [<!ENTITY a0 "aaaaaaaaaa">{ENTITIES}]><html>')
    .encode(),
    "broken surrogates": page("<p>&#xD800;&#xDFFF;" * 10_000).encode() + b"\xed\xa0\x80" * 5,
    **{
        f"UTF-8 that says it is {lie}": page("<p>„Größe“</p>", f"<meta charset={lie}>").encode()
        for lie in LIES
    },
}
REFUSED = {
    "50 MB of nested divs": gzip.compress(page("<div>" * (10 * MB)).encode(), mtime=0),
    "8 MB of nested divs": page("<div>" * (ROOM // 5)).encode()[:ROOM],
    "a million attributes": page(f"<p {'a ' * 1_000_000}>x</p>").encode(),
    "a compression bomb": gzip.compress(b"<p>" + b"x" * (200 * MB), mtime=0),
    "an endless p": page("<p>" + "word " * (ROOM // 5)).encode()[:ROOM],
    "an endless p, packed": gzip.compress(page("<p>" + "So. " * (7 * MB)).encode(), mtime=0),
    "a title of 7 MB": page("", f"<title>{'a | ' * (7 * MB // 4)}</title>")
    .replace("<title>Talks go on</title>", "", 1)
    .encode(),
    "an endless line": page("<p>" + "w" * ROOM).encode()[:ROOM],
}


KILLED: list[str] = []
"""Why the child was ended: never."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child() -> AsyncIterator[ProcessPool]:
    """One child with the cleaner's own limits."""
    limits = CleanerSettings.model_fields
    ours = ProcessPool(
        workers=1,
        time_limit_s=limits["item_time_limit_s"].default,
        memory_limit_mb=limits["item_memory_limit_mb"].default,
        preload="services.cleaner.warmup",
        on_killed=KILLED.append,
    )
    await ours.start()
    yield ours
    await ours.stop()


def record(content: bytes) -> bytes:
    moment = datetime(2018, 9, 11, tzinfo=UTC)
    return encode(
        build_raw_article(
            content,
            source="test",
            uri="urn:test",
            content_type="text/html",
            fetched_at=moment,
            origin="push",
        )
    )


async def cleaned(child: ProcessPool, content: bytes) -> CleanArticle:
    outcome = await child.call(prepare, record(content))
    assert isinstance(outcome, Candidate)
    return decode(outcome.value, CleanArticle)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", READ)
async def test_what_can_be_read_is_read(child: ProcessPool, name: str) -> None:
    """The story around the hostile part is found, and no limit of the child is reached."""
    KILLED.clear()
    assert "the talks would go on" in (await cleaned(child, READ[name])).body
    assert not KILLED


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_read_is_a_dead_letter(child: ProcessPool, name: str) -> None:
    """The page is refused with a reason before a limit of the child is reached.

    The next page is cleaned as usual.
    """
    KILLED.clear()
    with pytest.raises(InvalidMessage, match=r"no article|no parser"):
        await child.call(prepare, record(REFUSED[name]))
    assert not KILLED
    assert (await cleaned(child, page("").encode())).headline == "Talks go on"

"""The cleaner never fetches anything: neither it nor one of its libraries opens a socket."""

import socket
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from services.cleaner.pipeline import clean
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import CleanArticle, RawArticle

_WATCHED: list[str] = []
_LISTENING: list[bool] = [False]


def _hear(event: str, _arguments: Any) -> None:
    if _LISTENING[0] and event.startswith(("socket.", "urllib.")):
        _WATCHED.append(event)


sys.addaudithook(_hear)  # cannot be removed: it listens only while a test asks it to


@pytest.fixture(scope="module", autouse=True)
def load_libraries() -> None:
    """Import what the first page imports: urllib3 binds a socket to see whether there is IPv6."""
    import_module("trafilatura")


def test_the_listener_hears_a_socket() -> None:
    """The listener works, so that its silence below means something."""
    _WATCHED.clear()
    _LISTENING[0] = True
    socket.socket().close()
    _LISTENING[0] = False
    assert _WATCHED


FAR = "http://example.org/far"
PAGE = f"""<!DOCTYPE html SYSTEM "{FAR}.dtd"><html><head>
<link rel=canonical href="{FAR}"><link rel=amphtml href="{FAR}/amp">
<meta http-equiv=refresh content="0;url={FAR}"><script src="{FAR}.js"></script></head>
<body><img src="{FAR}.png"><iframe src="{FAR}"></iframe>
<p>Both sides said on Monday that the talks would go on until the end of the week.</p>
</body></html>"""
NEWSML = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/">
<?xml-stylesheet href="{FAR}.xsl"?><contentSet><remoteContent href="{FAR}"/><inlineXML>
<x xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{FAR}"/><p>Text.</p></x></inlineXML>
</contentSet></newsItem>"""


@pytest.mark.parametrize(
    "content",
    [
        PAGE,
        NEWSML,
        "<p>short</p>",
        '{"uri": "http://example.org/far", "body_html": "<img src=http://example.org/far>x"}',
    ],
)
def test_nothing_is_fetched(content: str, raw: Callable[..., RawArticle]) -> None:
    """Links, images, document types and includes are only text."""
    _WATCHED.clear()
    _LISTENING[0] = True
    try:
        outcome = clean(raw(content, content_type="", url=FAR))
    except InvalidMessage:
        outcome = None
    finally:
        _LISTENING[0] = False
    assert outcome is None or isinstance(outcome, CleanArticle | Drop)
    assert _WATCHED == []

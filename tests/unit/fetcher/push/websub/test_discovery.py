"""The hub of a feed: in headers, Atom, RSS, JSON Feed and HTML, and in that order."""

import pytest

from services.fetcher.push.websub.discovery import MAX_HUBS, HubLinks, find_hub

URL = "https://blog.example/feed/index.xml"
LINKS = HubLinks(hubs=("https://hub.example/",), topic="https://blog.example/feed")
HUB, SELF = "https://hub.example/", "https://blog.example/feed"
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="{HUB}"/>'
    f'<link href="{SELF}" rel="self"/><entry><link rel="self" href="/1"/></entry></feed>'
)
RSS = (
    '<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>b</title>'
    f"<atom:link rel='self' type='x' href='{SELF}'/><atom:link href=\"{HUB}\" rel=\"hub\" />"
    "</channel></rss>"
)
HTML = f"<!doctype html><head><LINK rel=hub href={HUB}><link rel='alternate self' href={SELF}>"
JSON = (
    f'{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{SELF}", '
    f'"hubs": [{{"type": "rssCloud", "url": "https://old.example"}}, {{"type": "WebSub", "url": "{HUB}"}}]}}'
)


@pytest.mark.parametrize("body", [ATOM, RSS, HTML, JSON], ids=["atom", "rss", "html", "json"])
def test_a_document_names_its_hub(body: str) -> None:
    """Whatever its format, prefix, quotes and order of attributes."""
    assert find_hub({}, body.encode(), URL) == LINKS


@pytest.mark.parametrize(
    "header",
    [
        f'<{HUB}>; rel="hub", <{SELF}>; rel="self"',
        f'<{SELF}>;rel=self;type=x, <{HUB}>; title="a, b"; rel=hub',
        f'<{HUB}>; rel="hub other",<{SELF}>; REL="SELF"',
        f'<../feed>; rel="self", <{HUB}>; rel=hub',
    ],
)
def test_headers_name_a_hub(header: str) -> None:
    """As RFC 8288 writes links, also relative ones."""
    links = find_hub({"link": header.replace("../feed", "../feed")}, b"", URL)
    assert links == LINKS


def test_headers_come_before_the_document() -> None:
    """And what they do not say is taken from the document."""
    header = '<https://other.example/hub>; rel="hub"'
    links = find_hub({"link": header}, ATOM.encode(), URL)
    assert links == HubLinks(hubs=("https://other.example/hub",), topic=SELF)
    links = find_hub({"link": f"{header}, </x>; rel=self"}, ATOM.encode(), URL)
    assert links is not None
    assert links.topic == "https://blog.example/x"


def test_several_hubs_are_kept_in_order_and_bounded() -> None:
    """A publisher may have several; any of them will do."""
    hubs = "".join(f'<link rel="hub" href="https://h{n}.example/"/>' for n in range(20))
    links = find_hub({}, ATOM.replace("<entry>", hubs + "<entry>").encode(), URL)
    assert links is not None
    assert links.hubs[:2] == (HUB, "https://h0.example/")
    assert len(links.hubs) == MAX_HUBS


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("", ""),
        ("", "<feed><entry>hub</entry></feed>"),
        ("", ATOM.replace('rel="self"', 'rel="alternate"').replace("<entry>", "<entry><x>")[:250]),
        ("", ATOM.replace(HUB, "ftp://hub.example/")),
        ("", ATOM.replace(HUB, "https://user:secret@hub.example/")),
        ("", ATOM.replace(HUB, "http://[hub/")),
        (f"<{HUB}>; rel=hub", ""),
        ("<<<>>>;;,rel=hub", ""),
        ("", '{"hubs": 1, "feed_url": 2}'),
        ("", '{"hubs": [1, {"type": 1, "url": []}], "feed_url": "https://x.example/"}'),
        ("", "{hub"),
    ],
)
def test_no_hub(header: str, body: str) -> None:
    """Without a hub, or without the feed's address there, nobody is asked."""
    assert find_hub({"link": header}, body.encode(), URL) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<link hub" * 20_000,
        b'<link rel="' * 20_000 + b"hub",
        b"<a:" * 60_000 + b"hub",
        b'{"hubs": ' + b"[" * 100_000,
        b"hub'\"" * 40_000,
    ],
)
def test_hostile_documents_take_no_time(body: bytes) -> None:
    """They have no hub, and headers of 100 KB neither."""
    assert find_hub({"link": body.decode()[:100_000]}, body, URL) is None

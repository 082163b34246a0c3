"""The page of each entry: from the feed, from its site, or a part of that page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from services.fetcher.full_text.entry_content import read_content
from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.polling.entry_pages import EntryPages, load_pages, select_here
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec, TextOrigin
from shared.base.outcomes import InvalidMessage

SPEC = FeedSpec(url="https://n.example/feed", source="n", interval_s=300, user_agent="Desk/1")
FULL = "<p>" + "The talks in Hanoi went on for three hours on Tuesday. " * 40 + "</p>"
SHORT = "<p>The talks went on.</p>"


def entry(name: str, html: str = "", *, is_body: bool = True) -> FeedEntry:
    content = read_content([html], is_body=is_body)
    return FeedEntry(key=name, url=f"https://n.example/{name}", headline=name, content=content)


@dataclass
class Site:
    """Serves pages, and remembers what was asked for."""

    pages: dict[str, Page | NoPage] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)

    async def __call__(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        assert (headers, ignore_robots) == ({"user-agent": "Desk/1"}, False)
        self.requested += [url[-1] for url in urls]
        default = Page(content=b"<p>page</p>", content_type="text/html; charset=ascii")
        return [self.pages.get(url[-1], default) for url in urls]


async def load(site: Site, spec: FeedSpec, *entries: FeedEntry) -> EntryPages:
    return await load_pages(spec, entries, site, select_here)


ENTRIES = (entry("a", FULL), entry("b"), entry("c", SHORT), entry("d", FULL, is_body=False))


@pytest.mark.parametrize(
    ("text", "requested"), [("auto", ["b", "c", "d"]), ("page", ["a", "b", "c", "d"]), ("feed", [])]
)
async def test_only_pages_that_are_needed_are_requested(
    text: TextOrigin, requested: list[str]
) -> None:
    """By default those whose text the feed does not carry; each entry has its own page."""
    site = Site()
    loaded = await load(site, replace(SPEC, text=text), *ENTRIES)
    assert site.requested == requested
    for each, page in zip(ENTRIES, loaded.pages, strict=True):
        if each.key in requested:
            assert page == Page(content=b"<p>page</p>", content_type="text/html; charset=ascii")
        elif each.content is None:
            assert page == NoPage(
                reason="the feed has no text of it", is_attempt=False, is_final=True
            )
        else:
            assert isinstance(page, Page)
            assert f"<h1>{each.key}</h1>" in page.content.decode()
    assert loaded.problems == ()


async def test_a_selector_narrows_pages_and_not_the_feed_s_own_text() -> None:
    """A page that it does not fit is used whole, and that is said."""
    spec = replace(SPEC, selector="main")
    plain = Page(content=b"<main>x", content_type="text/plain")
    site = Site(
        {
            "b": Page(content=b"<nav>menu</nav><main>x</main>", content_type="text/html"),
            "c": NoPage(reason="HTTP 500"),
            "e": plain,
        }
    )
    loaded = await load(site, spec, *ENTRIES, entry("e"))
    first, second, third, fourth, fifth = loaded.pages
    assert isinstance(first, Page)
    assert b"The talks in Hanoi" in first.content
    assert isinstance(second, Page)
    assert b"<main>x</main>" in second.content
    assert b"menu" not in second.content
    assert second.content_type == "text/html; charset=utf-8"
    assert third == NoPage(reason="HTTP 500")
    assert isinstance(fourth, Page)
    assert fourth.content == b"<p>page</p>"
    assert fifth == plain
    assert loaded.problems == (
        "https://n.example/d: the whole page is used, because `selector` matches no text in it",
    )


async def test_a_page_that_breaks_a_limit_is_used_whole() -> None:
    """The child process is ended, and the poll goes on."""

    async def select(_content: bytes, _content_type: str, _selector: str) -> bytes | None:
        raise InvalidMessage("exceeds the time limit of 5 s")

    loaded = await load_pages(replace(SPEC, selector="main"), [entry("b")], Site(), select)
    assert isinstance(loaded.pages[0], Page)
    assert loaded.problems[0].endswith("selecting a part exceeds the time limit of 5 s")

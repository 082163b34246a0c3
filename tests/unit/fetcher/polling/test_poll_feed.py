"""One poll with a made-up web: what becomes of entries, pages and failures, poll after poll."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.entries import entry_batch
from services.fetcher.entries.page_memory import LATER_TRIES, LONGEST_WAIT_S, page_id
from services.fetcher.feed_error import FeedErrorKind
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import PollOutcome, due_at
from shared.base.outcomes import InvalidMessage, LimitExceeded
from shared.http.errors import HttpError, HttpErrorKind
from shared.messages.schemas import FeedState

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(url="https://news.example/feed", source="news", interval_s=300)
FRESH = FeedState(url=SPEC.url)
ENTRIES = tuple(
    FeedEntry(
        key=name,
        url=f"https://news.example/{name}",
        headline=name.upper(),
        byline="B",
        language="en",
        published_at=NOW - timedelta(hours=1),
    )
    for name in "abc"
)


def page(text: str = "page") -> Page:
    return Page(content=text.encode(), content_type="text/html")


@dataclass
class FakeWeb:
    """Answers polls with ``answer``, and each page with its entry in ``results``, or a page."""

    answer: FeedResponse | HttpError = field(
        default_factory=lambda: FeedResponse(
            status=200, headers={"etag": '"1"'}, body=b"feed", url=SPEC.url
        )
    )
    results: dict[str, NoPage | Page] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    page_headers: Mapping[str, str] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    ignored_robots: list[bool] = field(default_factory=list)

    async def fetch_feed(
        self, _url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        self.ignored_robots.append(ignore_robots)
        self.headers = headers
        if isinstance(self.answer, HttpError):
            raise self.answer
        return self.answer

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        self.ignored_robots.append(ignore_robots)
        self.page_headers = headers
        self.requested += urls
        return [self.results.get(url, page(url)) for url in urls]


async def run(
    web: FakeWeb,
    state: FeedState = FRESH,
    feed: ParsedFeed | Exception | None = None,
    spec: FeedSpec = SPEC,
    now: datetime = NOW,
) -> PollResult:
    async def parse(_body: bytes, _content_type: str | None, _url: str) -> ParsedFeed:
        if isinstance(feed, Exception):
            raise feed
        return feed or ParsedFeed(entries=ENTRIES)

    return await poll_feed(spec, state, web=web, parse=parse, now=lambda: now)


async def test_new_entries_become_articles_with_what_the_feed_says_of_them() -> None:
    """One article per entry, in the feed's order, with the feed's source and the page's content."""
    result = await run(FakeWeb())
    assert [(a.uri, a.content, a.headline, a.source, a.origin) for a in result.articles] == [
        (entry.url, entry.url.encode(), entry.headline, "news", "feed") for entry in ENTRIES
    ]
    assert {(a.fetched_at, a.published_at, a.language, a.byline) for a in result.articles} == {
        (NOW, ENTRIES[0].published_at, "en", "B")
    }
    assert (result.state.seen, result.state.etag, result.waiting) == (("c", "b", "a"), '"1"', 0)


async def test_the_reliability_of_a_source_goes_with_its_articles() -> None:
    """It is what the operator wrote, or nothing."""
    result = await run(FakeWeb(), spec=replace(SPEC, reliability="low"))
    assert {article.reliability for article in result.articles} == {"low"}


async def test_the_language_in_the_file_wins() -> None:
    """Feeds often claim en-us for anything; the operator knows better."""
    result = await run(FakeWeb(), spec=replace(SPEC, language="ko"))
    assert {a.language for a in result.articles} == {"ko"}


async def test_a_second_poll_asks_with_conditions_and_downloads_only_what_is_new() -> None:
    """What was seen is not fetched again; an entry with a new key is."""
    state = (await run(FakeWeb())).state
    changed = replace(ENTRIES[1], key="b2")
    web = FakeWeb(results={changed.url: page("corrected")})
    result = await run(web, state, ParsedFeed(entries=(ENTRIES[0], changed, ENTRIES[2])))
    assert web.headers == {"if-none-match": '"1"'}
    assert web.requested == [changed.url]
    assert [a.uri for a in result.articles] == [changed.url]


async def test_a_failing_page_waits_and_its_neighbours_do_not() -> None:
    """A failed entry is retried at each poll, without validators, and abandoned after three."""
    web = FakeWeb(results={ENTRIES[1].url: NoPage(reason="HTTP 500")})
    first = await run(web)
    assert [a.uri for a in first.articles] == [ENTRIES[0].url, ENTRIES[2].url]
    assert (first.state.etag, first.state.tried, first.waiting, first.abandoned) == (
        None,
        {page_id(ENTRIES[1].url): 1},
        1,
        (),
    )
    second = await run(web, first.state)
    third = await run(web, second.state)
    assert [(given.url, given.reason) for given in third.abandoned] == [
        (ENTRIES[1].url, "HTTP 500 (try 3)")
    ]
    assert (third.state.tried, third.waiting, set(third.state.seen), third.state.etag) == (
        {},
        0,
        {"a", "b", "c"},
        '"1"',
    )
    assert web.requested.count(ENTRIES[1].url) == 3
    assert web.requested.count(ENTRIES[0].url) == 1


async def test_an_abandoned_page_that_is_still_listed_comes_when_its_server_is_back() -> None:
    """Three polls may be seconds: an outage of minutes or hours costs time, and no article."""
    down = FakeWeb(results={ENTRIES[1].url: NoPage(reason="HTTP 502")})
    state, now = FRESH, NOW
    for _ in range(3):
        state = (await run(down, state)).state
    hours = list[float]()
    for minute in range(6 * 60):
        now = NOW + timedelta(minutes=minute)
        requests = len(down.requested)
        result = await run(down, state, now=now)
        state = result.state
        assert not result.abandoned
        if len(down.requested) > requests:
            hours.append(minute / 60)
    assert [round(hour, 2) for hour in hours] == [0.08, 0.25, 0.58, 1.25, 2.25, 3.25, 4.25, 5.25]
    web = FakeWeb()
    back = await run(web, state, now=NOW + timedelta(hours=7))
    assert web.headers == {}, "a 304 would not list the entry"
    assert [article.uri for article in back.articles] == [ENTRIES[1].url]
    again = await run(FakeWeb(), back.state, now=NOW + timedelta(hours=9))
    assert again.articles == ()


async def test_a_page_that_never_comes_is_left_after_a_day_and_a_refused_one_at_once() -> None:
    """A dead link of a static list is not asked for ever."""
    final = NoPage(reason="it is video/mp4", is_final=True)
    web = FakeWeb(results={ENTRIES[0].url: final, ENTRIES[1].url: NoPage(reason="HTTP 404")})
    state = FRESH
    for hour in range(72):
        state = (await run(web, state, now=NOW + timedelta(hours=hour))).state
    assert web.requested.count(ENTRIES[0].url) == 1
    assert web.requested.count(ENTRIES[1].url) == 3 + LATER_TRIES - 1


async def test_a_page_that_comes_at_last_is_an_article_like_any_other() -> None:
    """Once the page comes, nothing of the failures is left."""
    state = (await run(FakeWeb(results={ENTRIES[1].url: NoPage(reason="HTTP 500")}))).state
    result = await run(FakeWeb(), state)
    assert [a.uri for a in result.articles] == [ENTRIES[1].url]
    assert (result.state.tried, result.waiting) == ({}, 0)


async def test_a_host_that_wants_peace_costs_no_try_and_a_final_refusal_ends_at_once() -> None:
    """Not asked is not tried; what can never come is given up the first time."""
    results: dict[str, NoPage | Page] = {
        ENTRIES[0].url: NoPage(reason="later", is_attempt=False),
        ENTRIES[1].url: NoPage(reason="it is video/mp4", is_final=True),
    }
    result = await run(FakeWeb(results=results))
    assert (result.state.tried, result.state.seen, result.waiting) == ({}, ("c", "b"), 1)
    assert [given.reason for given in result.abandoned] == ["it is video/mp4 (try 1)"]


async def test_what_was_never_requested_is_given_up_without_a_number_of_tries() -> None:
    """robots.txt disallows it: there was no try."""
    refusal = NoPage(reason="robots.txt disallows it", is_attempt=False, is_final=True)
    result = await run(FakeWeb(results={ENTRIES[1].url: refusal}))
    assert [entry.reason for entry in result.abandoned] == ["robots.txt disallows it"]


async def test_entries_of_other_hosts_are_not_downloaded_where_the_feed_is_tied_to_its_own() -> (
    None
):
    """Once `allow` names its hosts a feed cannot send us elsewhere: the entry is abandoned."""
    web = FakeWeb()
    strange = FeedEntry(key="x", url="https://elsewhere.example/x")
    result = await run(
        web,
        feed=ParsedFeed(entries=(strange, ENTRIES[0])),
        spec=replace(SPEC, allow=("news.example",)),
    )
    assert web.requested == [ENTRIES[0].url]
    assert [given.url for given in result.abandoned] == [strange.url]
    assert set(result.state.seen) == {"x", "a"}


async def test_a_long_list_is_taken_in_over_several_polls() -> None:
    """No poll downloads more than its share; each entry becomes one article in the end."""
    entries = tuple(FeedEntry(key=f"k{n}", url=f"https://news.example/{n}") for n in range(120))
    state, results_so_far = FRESH, list[PollResult]()
    while not results_so_far or (results_so_far[-1].waiting and len(results_so_far) < 10):
        results_so_far.append(await run(FakeWeb(), state, ParsedFeed(entries=entries)))
        state = results_so_far[-1].state
    assert [len(result.articles) for result in results_so_far] == [
        entry_batch.MAX_PAGES,
        entry_batch.MAX_PAGES,
        20,
    ]
    assert [a.uri for result in results_so_far for a in result.articles] == [
        entry.url for entry in entries
    ]
    assert state.etag == '"1"'


async def test_large_pages_end_a_poll_early() -> None:
    """A poll's articles become one transaction, so it stops once it has enough; others wait."""
    entries = tuple(FeedEntry(key=f"k{n}", url=f"https://news.example/{n}") for n in range(40))
    large = Page(content=bytes(2 * 1024 * 1024), content_type="text/html")
    result = await run(
        FakeWeb(results={entry.url: large for entry in entries}), feed=ParsedFeed(entries=entries)
    )
    assert (len(result.articles), result.waiting) == (entry_batch.PAGES_AT_ONCE, 30)


@pytest.mark.parametrize(
    ("answer", "outcome", "error", "wait_s"),
    [
        (
            FeedResponse(status=304, headers={}, body=b"", url=SPEC.url),
            PollOutcome.UNCHANGED,
            None,
            None,
        ),
        (
            FeedResponse(status=429, headers={"retry-after": "900"}, body=b"", url=SPEC.url),
            PollOutcome.FAILED,
            "HTTP 429",
            900,
        ),
        (
            FeedResponse(
                status=503,
                headers={"retry-after": "Wed, 12 Sep 2018 10:20:00 GMT"},
                body=b"",
                url=SPEC.url,
            ),
            PollOutcome.FAILED,
            "HTTP 503",
            1200,
        ),
        (
            FeedResponse(status=404, headers={}, body=b"", url=SPEC.url),
            PollOutcome.FAILED,
            "HTTP 404",
            None,
        ),
        (
            FeedResponse(status=410, headers={}, body=b"", url=SPEC.url),
            PollOutcome.GONE,
            "HTTP 410",
            None,
        ),
        (
            HttpError(HttpErrorKind.TIMEOUT, "https://news.example/feed"),
            PollOutcome.FAILED,
            "https://news.example/feed stopped responding",
            None,
        ),
    ],
)
async def test_answers_without_a_feed_are_remembered(
    answer: FeedResponse | HttpError, outcome: PollOutcome, error: str | None, wait_s: int | None
) -> None:
    """Unchanged, refused, missing, gone and silent are in the state, and give no article."""
    result = await run(FakeWeb(answer=answer), replace(FRESH, seen=("a",), etag='"1"', read_at=NOW))
    assert (result.outcome, result.state.last_error, result.articles, result.state.seen) == (
        outcome,
        error,
        (),
        ("a",),
    )
    assert result.state.not_before == (None if wait_s is None else NOW + timedelta(seconds=wait_s))
    assert (result.state.gone, result.state.failures) == (
        outcome is PollOutcome.GONE,
        int(outcome is PollOutcome.FAILED),
    )


async def test_a_bad_feed_is_a_failure_that_says_what_is_wrong() -> None:
    """What the parser refuses costs one poll; a feed's smaller problems are handed on."""
    result = await run(
        FakeWeb(), feed=InvalidMessage("not an RSS, Atom or RDF feed: it has another root element")
    )
    assert (result.outcome, result.state.last_error) == (
        PollOutcome.FAILED,
        "not an RSS, Atom or RDF feed: it has another root element",
    )
    assert (
        await run(FakeWeb(), feed=ParsedFeed(entries=(), problems=("entry 1: it has no link",)))
    ).problems == ("entry 1: it has no link",)


async def test_an_unchanged_page_under_a_new_date_is_no_new_record() -> None:
    """54 polls in nine minutes with new dates give one article per page, and few downloads."""
    state, web, articles = FRESH, FakeWeb(), list[str]()
    for number in range(54):
        moment = NOW + timedelta(seconds=10 * number)
        moved = tuple(
            replace(entry, key=f"{entry.key}{number}", published_at=moment) for entry in ENTRIES
        )
        result = await run(web, state, ParsedFeed(entries=moved), now=moment)
        state, articles = result.state, [*articles, *(article.uri for article in result.articles)]
    assert articles == [entry.url for entry in ENTRIES]
    assert [web.requested.count(entry.url) for entry in ENTRIES] == [3, 3, 3], (
        "at once, once more, and after five minutes"
    )


async def test_a_page_with_a_nonce_in_it_is_written_at_a_bounded_rate() -> None:
    """Changed bytes may be news, so they are written; unchanged text delays the next download."""
    state, articles = FRESH, 0
    for number in range(24 * 60):
        web = FakeWeb(
            results={
                ENTRIES[0].url: page(
                    f"<p nonce=x{number}>Trump met Kim</p><script>t={number}</script>"
                    f" {number} minutes ago"
                )
            }
        )
        moved = ParsedFeed(entries=(replace(ENTRIES[0], key=f"a{number}"),))
        result = await run(web, state, moved, now=NOW + timedelta(minutes=number))
        state, articles = result.state, articles + len(result.articles)
    assert articles <= 2 + 4 + 24


async def test_a_correction_under_a_moving_date_still_comes() -> None:
    """A corrected page is an article within the longest wait, and at once in a reliable feed."""
    state, waited = FRESH, timedelta()
    for number in range(600):
        moment = NOW + timedelta(minutes=number)
        web = FakeWeb(results={ENTRIES[0].url: page("corrected" if number >= 300 else "first")})
        result = await run(
            web, state, ParsedFeed(entries=(replace(ENTRIES[0], key=f"a{number}"),)), now=moment
        )
        state = result.state
        if number >= 300 and result.articles:
            waited = timedelta(minutes=number - 300)
            break
    assert timedelta() < waited <= timedelta(seconds=LONGEST_WAIT_S)
    first = await run(FakeWeb())
    soon = ParsedFeed(entries=(replace(ENTRIES[0], key="a2"),))
    corrected = await run(
        FakeWeb(results={ENTRIES[0].url: page("corrected")}),
        first.state,
        soon,
        now=NOW + timedelta(seconds=10),
    )
    assert [article.content for article in corrected.articles] == [b"corrected"]


async def test_another_headline_over_the_same_page_is_a_record() -> None:
    """The feed's headline is part of the record, and agencies mark corrections there."""
    first = await run(FakeWeb())
    corrected = replace(ENTRIES[0], key="a2", headline="CORRECTED: A")
    result = await run(FakeWeb(), first.state, ParsedFeed(entries=(corrected,)))
    assert [article.headline for article in result.articles] == ["CORRECTED: A"]


async def test_a_page_that_never_comes_under_a_moving_date_is_given_up_and_asked_for_rarely() -> (
    None
):
    """Tries are counted by page: an entry that looks new at every poll cannot start them anew."""
    state, web, given_up = FRESH, FakeWeb(results={ENTRIES[0].url: NoPage(reason="HTTP 500")}), 0
    for number in range(60):
        moved = ParsedFeed(entries=(replace(ENTRIES[0], key=f"a{number}"),))
        result = await run(web, state, moved, now=NOW + timedelta(minutes=number))
        state, given_up = result.state, given_up + len(result.abandoned)
    assert given_up >= 2
    assert len(web.requested) <= entry_batch.MAX_TRIES * 5


async def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    """Without conditions nothing could be unchanged: it is reported as an error."""
    result = await run(FakeWeb(answer=FeedResponse(status=304, headers={}, body=b"", url=SPEC.url)))
    assert (result.outcome, result.state.last_error, result.state.failures) == (
        PollOutcome.FAILED,
        "HTTP 304",
        1,
    )


async def test_an_insane_date_is_not_handed_on() -> None:
    """An entry dated years ahead loses the feed's time; a few hours ahead are another time zone."""
    entries = (
        replace(ENTRIES[0], published_at=NOW + timedelta(days=3_000)),
        replace(ENTRIES[1], published_at=NOW + timedelta(hours=9)),
    )
    result = await run(FakeWeb(), feed=ParsedFeed(entries=entries))
    assert [article.published_at for article in result.articles] == [None, NOW + timedelta(hours=9)]


async def test_slow_pages_end_a_poll_in_time() -> None:
    """What came within the time is written; the rest waits for the next poll."""
    entries = tuple(FeedEntry(key=f"k{n}", url=f"https://news.example/{n}") for n in range(40))
    clock = iter(NOW + timedelta(minutes=3 * step) for step in range(1_000))

    async def parse(_body: bytes, _content_type: str | None, _url: str) -> ParsedFeed:
        return ParsedFeed(entries=entries)

    result = await poll_feed(SPEC, FRESH, web=FakeWeb(), parse=parse, now=lambda: next(clock))
    assert 0 < len(result.articles) < 40
    assert result.waiting == 40 - len(result.articles)


async def test_a_feed_s_links_are_relative_to_where_its_redirect_ended() -> None:
    """The parser is given the final address, not the one in the feeds file."""
    bases = list[str]()

    async def parse(_body: bytes, _content_type: str | None, url: str) -> ParsedFeed:
        bases.append(url)
        return ParsedFeed(entries=())

    moved = FeedResponse(status=200, headers={}, body=b"feed", url="https://new.example/x/rss")
    await poll_feed(SPEC, FRESH, web=FakeWeb(answer=moved), parse=parse, now=lambda: NOW)
    assert bases == ["https://new.example/x/rss"]


async def test_a_page_behind_a_forwarder_has_its_own_address() -> None:
    """Two forwarders to one story are one article; an address that is none leaves the entry's."""
    addresses = [
        "https://wire.example/s?utm_source=x#top",
        "https://www.google.com/url?url=https://wire.example/s",
        "javascript:alert(1)",
    ]
    results = {
        entry.url: replace(page(), url=url) for entry, url in zip(ENTRIES, addresses, strict=True)
    }
    result = await run(FakeWeb(results=dict(results)))
    assert [(article.uri, article.url) for article in result.articles] == [
        ("https://wire.example/s", "https://wire.example/s"),
        ("https://wire.example/s", "https://wire.example/s"),
        (ENTRIES[2].url, ENTRIES[2].url),
    ]


async def test_a_user_agent_is_for_all_requests_and_other_headers_for_the_feed_only() -> None:
    """Pages may be on any host; conditional headers stay the fetcher's own."""
    web = FakeWeb()
    spec = replace(SPEC, user_agent="Desk/1.0", headers={"Authorization": "Bearer s3cr3t"})
    await run(web, replace(FRESH, etag='"7"'), spec=spec)
    assert web.headers["user-agent"] == web.page_headers["user-agent"] == "Desk/1.0"
    assert web.headers["Authorization"] == "Bearer s3cr3t"
    assert "Authorization" not in web.page_headers
    assert "s3cr3t" not in repr(spec)


@pytest.mark.parametrize(("status", "hint"), [(401, "headers"), (403, "user_agent"), (404, "")])
async def test_a_refusal_comes_with_a_hint(status: int, hint: str) -> None:
    """Who reads `feeds list` learns what to set."""
    answer = FeedResponse(status=status, headers={}, body=b"", url=SPEC.url)
    error = (await run(FakeWeb(answer=answer))).state.last_error or ""
    assert error.startswith(f"HTTP {status}")
    assert hint in error


async def test_a_vague_time_is_passed_on_as_one_and_a_future_one_is_a_problem() -> None:
    """The cleaner weighs precision; a time after the fetching is dropped, and the poll says so."""
    day = replace(ENTRIES[0], published_at=NOW, published_precision="day")
    late = replace(ENTRIES[1], published_at=NOW + timedelta(days=2), published_precision="day")
    result = await run(FakeWeb(), feed=ParsedFeed(entries=(day, late), problems=("x",)))
    assert [(a.published_at, a.published_precision) for a in result.articles] == [
        (NOW, "day"),
        (None, "moment"),
    ]
    assert result.problems == (
        "x",
        "https://news.example/b: its time is in the future and ignored: 2018-09-14T10:00:00+00:00",
    )


async def test_the_newest_sitemaps_of_an_index_are_read_with_it() -> None:
    """One on another host is left out, and one that fails costs its own entries only."""
    web = FakeWeb()
    host = SPEC.url.partition("/feed")[0]
    parts = (f"{host}/s2.xml", "https://else.example/s.xml", f"{host}/s1.xml")
    lists: Iterator[ParsedFeed | InvalidMessage] = iter(
        [
            ParsedFeed(entries=(), parts=parts),
            ParsedFeed(entries=ENTRIES[:2]),
            InvalidMessage("not a feed: it is empty"),
        ]
    )

    async def parse(_body: bytes, _content_type: str | None, _url: str) -> ParsedFeed:
        answer = next(lists)
        if isinstance(answer, InvalidMessage):
            raise answer
        return answer

    result = await poll_feed(SPEC, FRESH, web=web, parse=parse, now=lambda: NOW)
    assert len(result.articles) == 2
    assert [problem.partition(": ")[2] for problem in result.problems] == [
        "left out, because it is on another host than its index",
        "not a feed: it is empty",
    ]


async def test_the_secrets_of_a_feed_are_not_sent_to_a_part_on_another_origin() -> None:
    """An index that lists a part over plain HTTP, or on another port, must not publish them."""
    spec = replace(SPEC, headers={"Authorization": "Bearer s3cr3t"}, user_agent="Desk/1")
    sent = dict[str, Mapping[str, str]]()

    class Web(FakeWeb):
        async def fetch_feed(
            self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
        ) -> FeedResponse:
            sent[url] = headers
            return await super().fetch_feed(url, headers, ignore_robots=ignore_robots)

    parts = tuple(
        f"{origin}/s.xml"
        for origin in (
            *("https://news.example", "http://news.example", "https://news.example:8443"),
        )
    )
    await run(Web(), feed=ParsedFeed(entries=(), parts=parts), spec=spec)
    assert ["Authorization" in sent[url] for url in (SPEC.url, *parts)] == [
        True,
        True,
        False,
        False,
    ]
    assert all(headers["user-agent"] == "Desk/1" for headers in sent.values())


async def test_a_feed_that_breaks_its_child_s_limits_is_left_alone_for_ten_minutes() -> None:
    """Each such poll costs seconds of work, so a short interval does not count."""

    async def parse(_body: bytes, _type: str | None, _url: str) -> ParsedFeed:
        raise LimitExceeded("took more than 3 s of CPU time and was stopped")

    answer = FeedResponse(status=200, headers={}, body=b"<rss>", url=SPEC.url)
    result = await poll_feed(SPEC, FRESH, web=FakeWeb(answer=answer), parse=parse, now=lambda: NOW)
    assert result.error_kind is FeedErrorKind.LIMITS
    assert due_at(result.state, 1.0, NOW) == NOW + timedelta(minutes=10)

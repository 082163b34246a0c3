"""seeds/feeds.yaml: good feeds, and every mistake at its place."""

from pathlib import Path

import pytest

from services.fetcher.sources import feeds_file
from services.fetcher.sources.feed_address import reachable_by
from services.fetcher.sources.feeds_file import FeedSpec
from shared.files.yaml_document import DocumentError, YamlDocument, parse

SEEDS = Path(__file__).resolve().parents[4] / "seeds"
SHIPPED = SEEDS / "feeds.yaml"


def read(text: str) -> tuple[tuple[FeedSpec, ...], list[str]]:
    document = parse(text, YamlDocument("feeds.yaml", None, []))
    return feeds_file.parse_feeds(document), [str(problem) for problem in sorted(document.problems)]


def test_the_shipped_file_is_right() -> None:
    """Every feed is an https address with its own hosts, polled every five minutes at most."""
    feeds = feeds_file.load(SHIPPED)
    assert len(feeds) >= 5
    assert all(
        feed.url.startswith("https://") and feed.interval_s >= 300 and feed.allow for feed in feeds
    )


def test_the_feeds_of_the_beat_are_valid_and_off() -> None:
    """Each has a name, its own hosts and a pace that nobody minds; nobody polls it unasked."""
    feeds = feeds_file.load(SEEDS / "feeds-of-the-beat.yaml")
    assert len(feeds) >= 40
    assert not any(feed.enabled for feed in feeds)
    assert all(
        feed.name and feed.language and feed.allow and feed.interval_s >= 300 for feed in feeds
    )
    assert not {feed.url for feed in feeds} & {feed.url for feed in feeds_file.load(SHIPPED)}


def test_what_is_left_out_has_a_default() -> None:
    """A minute to twelve hours, any language and host; the address stays as it is written."""
    feeds, problems = read("feeds:\n- {url: 'https://n.example/f?utm_source=x#top', source: n}\n")
    assert (feeds, problems) == (
        (
            FeedSpec(
                url="https://n.example/f?utm_source=x",
                source="n",
                interval_s=60.0,
                longest_interval_s=43_200.0,
            ),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("interval: 5m", (300.0, None)),
        ("min_interval: 10m", (600.0, 43_200.0)),
        ("max_interval: 30s", (30.0, 30.0)),
        ("min_interval: 13h", (46_800.0, 46_800.0)),
        ("min_interval: 2m, max_interval: 1h", (120.0, 3_600.0)),
    ],
)
def test_an_interval_is_fixed_or_a_range(fields: str, expected: tuple[float, float | None]) -> None:
    """A range has a default at either end that gives way to the end that is written."""
    feeds, problems = read(f"feeds:\n- {{url: 'https://n.example/f', source: n, {fields}}}\n")
    assert problems == []
    assert [(feed.interval_s, feed.longest_interval_s) for feed in feeds] == [expected]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("interval: 5m, max_interval: 1h", "either an interval or a range"),
        ("min_interval: 2h, max_interval: 1h", "shorter than min_interval"),
        ("max_interval: 0s", "'0s' is not an interval"),
    ],
)
def test_a_range_that_is_none_is_a_mistake(fields: str, problem: str) -> None:
    """Two forms at once, a range upside down, no time at all: said at its place."""
    _, problems = read(f"feeds:\n- {{url: 'https://n.example/f', source: n, {fields}}}\n")
    assert len(problems) == 1
    assert problem in problems[0]


def test_all_mistakes_are_told_at_once() -> None:
    """One run reports address, password, source, interval, language, host, duplicate and fields."""
    _, problems = read(
        """feeds:
- {url: 'http://u:s3cr3t@n.example/', source: n}
- {url: n.example/f, source: N}
- {url: https://n.example/1, source: n, interval: 5 minutes, language: english!}
- {url: https://n.example/1, source: n, interval: 25h, allow: [https://n.example]}
- {url: https://n.example/2, source: n, intervall: 5m}
- {source: n}
"""
    )
    assert [problem.removeprefix("feeds.yaml:").partition(";")[0] for problem in problems] == [
        "2:4: error: a URL with a user name or password: 'http://n.example/'",
        "3:4: error: not an http or https URL: 'n.example/f'",
        "3:22: error: 'N' is not a source id",
        "4:41: error: '5 minutes' is not an interval",
        "4:62: error: 'english!' is not a language code",
        "5:4: error: this feed is listed twice",
        "5:41: error: '25h' is not an interval",
        "5:64: error: 'https://n.example' is not a host name",
        "6:41: error: unknown field 'intervall'",
        "7:3: error: Object missing required field `url`",
    ]
    assert "did you mean interval?" in problems[8]
    assert "s3cr3t" not in "".join(problems)


def test_a_mistake_of_one_field_hides_none_of_the_others() -> None:
    """A wrong type, a wrong choice, a missing or an unknown field: the checks of the others run."""
    _, problems = read(
        """feeds:
- {url: https://n.example/1, source: n, text: full, min_interval: 2h, max_interval: 1h,
   enabled: maybe, language: english!, user_agent: "a\\nb", allow: [https://x], selector: "div >"}
- {url: https://n.example/2, source: Src A, intervall: 5m}
- {url: https://n.example/2, interval: 5, name: [a]}
- {source: Src B, interval: 5x, headers: {Host: x}, reliability: hihg}
- n.example
"""
    )
    errors = [problem.removeprefix("feeds.yaml:").partition(";")[0] for problem in problems]
    assert [error.partition(" error: ")[2] for error in errors] == [
        "not one of the possible values: 'full'",
        "'1h' is shorter than min_interval",
        "expected true or false, found a text",
        "'english!' is not a language code",
        "not a user agent",
        "'https://x' is not a host name",
        "'div >' is not a CSS selector",
        "'Src A' is not a source id",
        "unknown field 'intervall'",
        "Object missing required field `source`",
        "this feed is listed twice",
        "expected a text or nothing, found a whole number",
        "expected a text or nothing, found a list",
        "Object missing required field `url`",
        "'Src B' is not a source id",
        "'5x' is not an interval",
        "the fetcher sets this header itself",
        "not one of the possible values: 'hihg'",
        "expected a mapping, found a text",
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        "HTTP://N.example/a",
        "http://n.example:80/a",
        "http://n.example/a#x",
        "http://n.example./a",
        "http://n.example/b/../a",
        "http://n.example/%61",
    ],
)
def test_a_feed_in_another_spelling_is_listed_twice(spelling: str) -> None:
    """Also under another source: it would be polled twice, and its articles come twice."""
    text = "feeds:\n- {url: 'http://n.example/a', source: n}\n- {url: '%s', source: m}\n"
    _, problems = read(text % spelling)
    assert len(problems) == 1
    assert "3:4: error: this feed is listed twice" in problems[0]
    assert "remove it here or in line 2" in problems[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://n.example/a",
        "http://n.example/A",
        "http://n.example/a?utm_source=x",
        "http://n.example/a?feedname=b",
        "http://n.example:8080/a",
        "http://n.example/a/",
    ],
)
def test_an_address_that_may_be_another_feed_is_not_the_same(address: str) -> None:
    """Scheme, port, case of the path and every parameter count."""
    text = "feeds:\n- {url: 'http://n.example/a', source: n}\n- {url: '%s', source: m}\n"
    assert read(text % address)[1] == []


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://n.example/a b", "a blank or an invisible character in the address"),
        ("http://n .example/", "a blank or an invisible character in the address"),
        ("http://n.example/a\u200b", "a blank or an invisible character in the address"),
        ("http://u:s3cr3t@n.example/x", "a URL with a user name or password: 'http://n.example/x'"),
        ("https://u@n.example/x?k=s3cr3t", "or password: 'https://n.example/x'; remove user and"),
        ("ftp://u:s3cr3t@n.example/x", "or password: 'ftp://n.example/x'"),
        ("ftp://n.example/x", "not an http or https URL: 'ftp://n.example/x'"),
    ],
)
def test_an_address_that_cannot_be_asked_says_why(address: str, problem: str) -> None:
    """The text shows what matters of it, and no secret."""
    _, problems = read(f"feeds:\n- {{url: '{address}', source: n}}\n")
    assert len(problems) == 1
    assert problem in problems[0]
    assert "s3cr3t" not in problems[0]


@pytest.mark.parametrize(
    ("address", "allowed", "is_refused"),
    [
        ("http://n.example:99/a", "", True),
        ("https://n.example:8443/a", "", False),
        ("https://n.example/a", "", False),
        ("http://n.example:99/a", "n.example", False),
        ("http://n.example:99/a", "m.example", True),
        ("http://10.1.2.3:99/a", "10.0.0.0/8", False),
        ("http://10.1.2.3:99/a", "192.168.0.0/16", True),
        ("http://n.example:99/a", "10.0.0.0/8", False),
    ],
)
def test_a_port_that_is_always_refused_is_a_warning(
    address: str, allowed: str, is_refused: bool
) -> None:
    """The file is right, but with these settings every poll would fail."""
    text = f"feeds:\n- {{url: '{address}', source: n}}\n"
    document = parse(text, YamlDocument("feeds.yaml", None, []))
    feeds = feeds_file.parse_feeds(document, reachable_by(allowed.split(",")))
    assert [feed.url for feed in feeds] == [address]
    assert [problem.level for problem in document.problems] == ["warning"] * is_refused
    assert all("port 99 is refused" in str(problem) for problem in document.problems)


def test_another_shape_is_told_and_loading_raises(tmp_path: Path) -> None:
    """A list at the top, a misspelt name, no file: an error that says where, never a crash."""
    assert "expected a mapping" in read("- a")[1][0]
    assert "did you mean feeds?" in "".join(read("feed: []")[1])
    assert read("feeds: []") == ((), [])
    with pytest.raises(DocumentError, match=r"feeds\.yaml:1:1: error: cannot be read"):
        feeds_file.load(tmp_path / "feeds.yaml")


def test_allowed_hosts_include_their_sub_domains_and_no_lookalikes() -> None:
    """n.example allows www.n.example, but neither evil-n.example nor n.example.evil."""
    spec = FeedSpec(url="https://n.example/", source="n", interval_s=300, allow=("n.example",))
    assert [
        spec.allows(host)
        for host in ("n.example", "www.n.example", "evil-n.example", "n.example.evil", "")
    ] == [True, True, False, False, False]


def test_a_feed_may_have_a_user_agent_and_headers_of_its_own() -> None:
    """The user agent is for its pages, too."""
    feeds, problems = read(
        """feeds:
- url: https://wire.example/rss
  source: wire
  user_agent: Mozilla/5.0
  headers: {Authorization: Bearer s3cr3t, X-Desk: asia}
"""
    )
    assert problems == []
    assert feeds[0].user_agent == "Mozilla/5.0"
    assert feeds[0].headers == {"Authorization": "Bearer s3cr3t", "X-Desk": "asia"}


def test_texts_that_mean_nothing_are_reported() -> None:
    """A selector that is none, or has no effect; a name of two lines; an opinion of its own."""
    feeds, problems = read(
        """feeds:
- {url: https://n.example/1, source: n, name: N, reliability: low, text: page, selector: main > p}
- {url: https://n.example/2, source: n, selector: "div >"}
- {url: https://n.example/3, source: n, selector: main, text: feed}
- {url: https://n.example/4, source: n, name: "a\\nb"}
- {url: https://n.example/5, source: n, reliability: hihg}
- {url: https://n.example/6, source: n, enabled: "no"}
- {url: https://n.example/7, source: n, name: ""}
"""
    )
    assert feeds[0].name == "N"
    assert (feeds[0].reliability, feeds[0].text, feeds[0].selector) == ("low", "page", "main > p")
    assert [
        problem.removeprefix("feeds.yaml:").partition(" error: ")[2] for problem in problems
    ] == [
        "'div >' is not a CSS selector; write it like article or div.story-body",
        "it has no effect with text: feed, because no page is downloaded; remove one of the two",
        "not a name; write one line of at most 100 characters",
        "not one of the possible values: 'hihg'; did you mean high?",
        "expected true or false, found a text; write true or false",
        "not a name; write one line of at most 100 characters",
    ]


def test_headers_that_cannot_be_sent_are_reported_without_their_values() -> None:
    """Line breaks, bytes beyond ASCII, and headers that are the fetcher's."""
    _, problems = read(
        """feeds:
- {url: https://wire.example/1, source: n, user_agent: "a\\nb"}
- {url: https://wire.example/2, source: n, user_agent: ""}
- {url: https://wire.example/3, source: n, headers: {X-A: "s3cr3t\\r\\nHost: x", "X B": s3cr3t}}
- {url: https://wire.example/4, source: n, headers: {Host: s3cr3t, user-agent: s3cr3t}}
- {url: https://wire.example/5, source: n, headers: {X-Key: s3cr3té}}
- {url: https://wire.example/6, source: n, headers: [s3cr3t]}
- {url: https://wire.example/7, source: n, headers: {X-Key: 7}}
"""
    )
    assert len(problems) == 9
    assert not any("s3cr3t" in problem for problem in problems)
    assert "set this header" not in problems[0]
    assert sum("use `user_agent`" in problem for problem in problems) == 1

"""What a robots.txt says to us, by RFC 9309."""

import pytest

from services.fetcher.robots.rules import MAX_BYTES, apply_rules

US = "summitwire/0.1 (+desk@wire.example)"


def allows(body: str, path: str, user_agent: str = US) -> bool:
    return apply_rules(body.encode(), [f"https://wire.example{path}"], user_agent).allowed[0]


RFC_5_1 = """User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("user_agent", "path", "expected"),
    [
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("foobot", "/publications/", False),
        ("Foobot/2.1 (+https://foo.example)", "/", False),
        ("Mozilla/5.0 (compatible; Foobot/2.1; desk@foo.example)", "/publications/", False),
        ("Desk/1.0 (formerly foobot)", "/publications/", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("barbot", "/example/picture.gif", True),
        ("quxbot", "/example/page.html", True),
        (US, "/picture.gif", False),
        (US, "/picture.gif?x=1", True),
        (US, "/example/", False),
        (US, "/publications/a", True),
        (US, "/other", True),
    ],
)
def test_the_rfc_s_first_example(user_agent: str, path: str, expected: bool) -> None:
    """The group of one's own name holds, and that of the star for whoever has none."""
    assert allows(RFC_5_1, path, user_agent) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/example/page/", True), ("/example/page/disallowed.gif", False), ("/example/x", True)],
)
def test_the_longest_match_decides(path: str, expected: bool) -> None:
    """The RFC's second example: the most octets win, whatever the order."""
    body = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
    assert allows(body, path, "foobot") is expected


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ("User-agent: summitwire\nDisallow: /a\n\nUser-agent: summitwire\nDisallow: /b", "/a", False),
        ("User-agent: summitwire\nDisallow: /a\n\nUser-agent: summitwire\nDisallow: /b", "/b", False),
        ("USER-AGENT: SummitWire\nDISALLOW: /a", "/a", False),
        ("User-agent: wire\nDisallow: /\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\r\nDisallow: /a # not for robots\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("Sitemap: https://wire.example/s.xml\nUser-agent: *\nUnknown: x\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", False),
        ("User-agent: *\nDisallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("User-agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False),
        ("<!DOCTYPE html><p>Disallow: /</p>", "/a", True),
        ("", "/a", True),
    ],
)  # fmt: skip
def test_groups_encodings_and_what_is_no_robots_txt(body: str, path: str, expected: bool) -> None:
    """RFC 9309, 2.2: groups of one name are merged, names and fields are in any case, URLs are
    compared by their octets.
    """
    assert allows(body, path) is expected


def test_a_crawl_delay_is_read_and_nonsense_is_none() -> None:
    """It is no part of the RFC, but publishers write it."""
    delays = [
        apply_rules(f"User-agent: *\nCrawl-delay: {text}\n".encode(), [], US).crawl_delay_s
        for text in ("2", "0.5", "soon", "-1", "inf")
    ]
    assert delays == [2.0, 0.5, None, None, None]


def test_what_follows_half_a_megabyte_is_ignored() -> None:
    """What stands before counts."""
    body = b"User-agent: *\nDisallow: /a\n" + b"# x\n" * (MAX_BYTES // 4) + b"Disallow: /b\n"
    rules = apply_rules(body, ["https://wire.example/a", "https://wire.example/b"], US)
    assert rules.allowed == (False, True)


@pytest.mark.parametrize("cut", range(1, len("Disallow: /private\n")))
def test_a_line_that_is_cut_at_the_limit_is_ignored(cut: int) -> None:
    """Half a line says something else: the beginning of /private forbids /press, and / all."""
    line = b"Disallow: /private\n"
    start = b"User-agent: *\nDisallow: /a\n#"
    body = start + b"x" * (MAX_BYTES - len(start) - cut - 1) + b"\n" + line
    assert apply_rules(body[:MAX_BYTES], ["https://a.example/press"], US).allowed == (True,)
    assert apply_rules(body, ["https://a.example/press"], US).allowed == (True,)

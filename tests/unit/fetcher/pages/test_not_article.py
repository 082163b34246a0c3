"""Pages that are no articles are named; what could be an article never is."""

import time

import pytest

from services.fetcher.pages.not_article import PageContext, is_bot_check, name_page
from services.fetcher.pages.page_facts import read_facts
from services.fetcher.pages.page_kinds import NotArticle

URL = "https://wire.example/world/leaders-arrive-in-hanoi-10234"
HEADLINE = "Leaders arrive in Hanoi for a second summit"
MENU = "".join(f'<li><a href="/s{n}">Section {n}</a></li>' for n in range(12))
TEASERS = "".join(
    f'<article><a href="/a/{n}"><h3>A headline about matter number {n} of the day</h3></a></article>'
    for n in range(40)
)
LOGIN_FORM = '<form><input name=u><input type="password" name=p><button>Log in</button></form>'
PARAGRAPH = (
    "<p>The two leaders arrived in Hanoi on Tuesday for a second summit, officials said, after a "
    "journey of sixty hours by train, and were met by cheering crowds at the station.</p>"
)


def page(title: str, body: str, head: str = "") -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><nav><ul>{MENU}</ul></nav>{body}<footer>© Wire</footer></body></html>"
    ).encode()


def typed(*types: str) -> str:
    """Return JSON-LD that states these types."""
    listed = ", ".join(f'{{"@type": "{each}"}}' for each in types)
    return f'<script type="application/ld+json">{{"@graph": [{listed}]}}</script>'


def at(url: str = URL, final_url: str = "", headline: str | None = HEADLINE) -> PageContext:
    return PageContext(url=url, final_url=final_url, headline=headline)


WEBSITE = '<meta property="og:type" content="website">'
SITE = "https://wire.example"
NO_ARTICLES: tuple[tuple[NotArticle, bytes, PageContext], ...] = (
    (
        NotArticle.BOT_CHECK,
        page("Just a moment...", "<h1>wire.example</h1><p>Verifying you are human.</p>"),
        at(),
    ),
    (NotArticle.BOT_CHECK, page("Attention Required! | Cloudflare", "<h1>Blocked</h1>"), at()),
    (NotArticle.BOT_CHECK, page("Are you a robot?", "<p>Click the box below.</p>"), at()),
    (NotArticle.BOT_CHECK, page("Pardon Our Interruption...", "<p>Something…</p>"), at()),
    (NotArticle.BOT_CHECK, page("Access to this page has been denied", "<p>x</p>"), at()),
    (NotArticle.BOT_CHECK, page("DDoS-Guard", "<h1>Checking your browser</h1>"), at()),
    (NotArticle.BOT_CHECK, page("Один момент…", "<p>Проверка</p>"), at(headline=None)),
    (NotArticle.BOT_CHECK, page("Access Denied", "<p>Reference #18.2f</p>"), at()),
    (
        NotArticle.CONSENT_PAGE,
        page("Before you continue", "<button>Accept all</button>"),
        at(final_url="https://consent.portal.example/m?continue=https://wire.example/x"),
    ),
    (
        NotArticle.CONSENT_PAGE,
        page("Yahoo ist Teil der Familie", "<button>Alle akzeptieren</button>"),
        at(final_url="https://consent.portal.example/v2/collectConsent?sessionId=3"),
    ),
    (NotArticle.CONSENT_PAGE, page("Cookie consent", "<p>Choose.</p>"), at()),
    (NotArticle.CONSENT_PAGE, page("Zustimmung erforderlich", "<p>Bitte</p>"), at()),
    (NotArticle.CONSENT_PAGE, page("We value your privacy", "<p>Our 834 partners</p>"), at()),
    (NotArticle.LOGIN_WALL, page("Sign in - Wire", LOGIN_FORM), at()),
    (NotArticle.LOGIN_WALL, page("Anmelden | Wire", LOGIN_FORM), at()),
    (NotArticle.LOGIN_WALL, page("Wire", f"<h1>Please log in</h1>{LOGIN_FORM}"), at()),
    (
        NotArticle.LOGIN_WALL,
        page("Wire ID", LOGIN_FORM),
        at(final_url="https://id.wire.example/login?return=/world/leaders"),
    ),
    (NotArticle.LOGIN_WALL, page("Connexion", LOGIN_FORM), at(headline=None)),
    (NotArticle.PAYWALL, page("Subscribe to read | Wire", "<p>€ 1 for 4 weeks</p>"), at()),
    (NotArticle.PAYWALL, page("Wire", "<h1>Become a member</h1><p>Join us.</p>"), at()),
    (NotArticle.SOFT_404, page("404", "<h1>Oops</h1>"), at()),
    (NotArticle.SOFT_404, page("Page not found - Wire", "<p>Try the search.</p>"), at()),
    (NotArticle.SOFT_404, page("Wire", "<h1>Seite nicht gefunden</h1>"), at(headline=None)),
    (NotArticle.SOFT_404, page("Страница не найдена", "<p>Увы</p>"), at()),
    (NotArticle.SOFT_404, page("Error 404 | Wire", TEASERS), at()),
    (NotArticle.SOFT_404, page("Story not found", "<p>It may have been removed.</p>"), at()),
    (NotArticle.FRONT_PAGE, page("Wire: news of the world", TEASERS, WEBSITE), at(f"{SITE}/")),
    (NotArticle.FRONT_PAGE, page("Wire", TEASERS, WEBSITE), at(final_url=f"{SITE}/")),
    (NotArticle.FRONT_PAGE, page("Wire", TEASERS), at(f"{SITE}/", headline="Wire")),
    (
        NotArticle.INDEX_PAGE,
        page("Korea - latest news", TEASERS, WEBSITE),
        at(f"{SITE}/tag/korea", headline="Korea - latest news"),
    ),
    (
        NotArticle.INDEX_PAGE,
        page("World news | Wire", TEASERS, typed("CollectionPage")),
        at(f"{SITE}/world/", headline="World news"),
    ),
    (NotArticle.INDEX_PAGE, page("Jane Doe", TEASERS), at(f"{SITE}/author/jane-doe")),
    (NotArticle.INDEX_PAGE, page("Search", TEASERS), at(f"{SITE}/search/?q=summit")),
    (NotArticle.INDEX_PAGE, page("Thema Korea", TEASERS), at(f"{SITE}/thema/korea/")),
    (NotArticle.INDEX_PAGE, page("Asia", TEASERS, typed("ItemList")), at(f"{SITE}/asia")),
    (
        NotArticle.VIDEO_PAGE,
        page(HEADLINE, "<video src=x.mp4></video>", typed("VideoObject")),
        at(f"{SITE}/video/leaders-arrive-in-hanoi-10234"),
    ),
    (
        NotArticle.VIDEO_PAGE,
        page(HEADLINE, "<div class=player></div>", '<meta property=og:type content="video.other">'),
        at(f"{SITE}/watch/10234"),
    ),
    (NotArticle.VIDEO_PAGE, page("Live TV", "<video>", typed("BroadcastEvent")), at()),
    (
        NotArticle.GALLERY_PAGE,
        page(HEADLINE, "<img src=1><img src=2>", typed("ImageGallery")),
        at(f"{SITE}/pictures/leaders-arrive-in-hanoi-10234"),
    ),
    (
        NotArticle.GALLERY_PAGE,
        page("Bilder des Tages", "<img src=1>"),
        at(f"{SITE}/fotostrecke/bilder-des-tages-10234"),
    ),
)
ARTICLES: dict[str, tuple[bytes, PageContext]] = {
    "a report": (page(HEADLINE, PARAGRAPH * 4), at()),
    "a flash of one line": (page(HEADLINE, "<p>Leaders arrive in Hanoi.</p>"), at()),
    "a flash without a headline in the feed": (page("Flash", "<p>Kim.</p>"), at(headline=None)),
    "a live page": (
        page(f"LIVE: {HEADLINE}", TEASERS, typed("LiveBlogPosting")),
        at(f"{SITE}/live/"),
    ),
    "a live page in a section, without types": (
        page(f"Live: {HEADLINE}", PARAGRAPH * 3 + TEASERS),
        at(f"{SITE}/topics/summit"),
    ),
    "a stub of a paid article": (
        page(HEADLINE, f"{PARAGRAPH}<h2>Subscribe to read</h2>", typed("NewsArticle")),
        at(),
    ),
    "a stub without types": (page(HEADLINE, f"{PARAGRAPH}<h2>Subscribe to read</h2>"), at()),
    "a stub of a headline": (page(f"{HEADLINE} | Wire", "<h2>Subscribe to read</h2>"), at()),
    "a report about robots": (
        page("Are you a robot? How checks fail", PARAGRAPH * 3),
        at(headline="Are you a robot? How checks fail"),
    ),
    "a short report about robots": (
        page("Are you a robot? How checks fail | Wire", "<p>They fail.</p>"),
        at(headline="Are you a robot? How checks fail"),
    ),
    "an error in the headline": (
        page("Page not found: how the ministry lost its site", "<p>It did.</p>"),
        at(headline="Page not found: how the ministry lost its site"),
    ),
    "access denied in the headline": (
        page("Access denied: inspectors turned away - Wire", "<p>They left.</p>"),
        at(headline="Access denied: inspectors turned away"),
    ),
    **{
        f"without a headline in the feed: {title}": (
            page(f"{title} | Wire", f"{LOGIN_FORM}<p>{title}, officials said.</p>"),
            at(headline=None),
        )
        for title in (
            "Security checkpoint blast kills three",
            "Access denied: inspectors turned away",
            "Zustimmung zur Regierung steigt",
            "Peugeot 404 comes back as a classic",
            "404 migrants rescued in the Channel",
            "Climber not found after a week of searching",
            "Login data of 16 million users leaked",
            "Subscribe to war bonds, minister urges",
            "Un instant de silence pour les victimes",
            "Before you continue your journey: strikes in Italy",
            "Register to vote before Friday, ministry says",
        )
    },
    "a login in the menu": (page(HEADLINE, LOGIN_FORM + PARAGRAPH), at()),
    "a login in the menu of a page without titles": (
        b"<html><body>" + LOGIN_FORM.encode() + PARAGRAPH.encode() + b"</body></html>",
        at(headline=None),
    ),
    "og:type website, as many articles have": (page(HEADLINE, PARAGRAPH * 3, WEBSITE), at()),
    "a short article of type website": (page(HEADLINE, PARAGRAPH + TEASERS, WEBSITE), at()),
    "a video with its report": (
        page(HEADLINE, f"<video>{PARAGRAPH * 3}", typed("VideoObject")),
        at(f"{SITE}/video/x"),
    ),
    "a report with a video": (
        page(HEADLINE, f"<video>{PARAGRAPH}", typed("NewsArticle", "VideoObject")),
        at(f"{SITE}/video/x"),
    ),
    "a report of the photos section": (
        page(HEADLINE, PARAGRAPH * 2),
        at(f"{SITE}/photos/leaders-arrive-in-hanoi-10234"),
    ),
    "an article under /tag/": (page(HEADLINE, PARAGRAPH * 4 + TEASERS), at(f"{SITE}/tag/korea/x")),
    "a telling address under /topics/": (
        page(HEADLINE, TEASERS, WEBSITE),
        at(f"{SITE}/topics/leaders-arrive-in-hanoi"),
    ),
    "a page by script": (page(HEADLINE, '<div id="root"></div>'), at()),
    "a page by script without a title": (page("Wire", '<div id="root"></div>'), at()),
    "a wire of a ministry": (page("Press release", f"<pre>{PARAGRAPH}</pre>"), at()),
    "Chinese": (page("首页", "<p>两国领导人星期二抵达河内,举行第二次首脑会谈。</p>" * 5), at()),
    "moved to another address": (
        page(HEADLINE, PARAGRAPH),
        at(final_url=f"{SITE}/asia/leaders-arrive"),
    ),
    "microdata": (
        page("Wire", '<div itemscope itemtype="https://schema.org/NewsArticle">Flash.</div>'),
        at(f"{SITE}/"),
    ),
    "subscriptions in the headline": (
        page("Subscribe to war bonds, minister urges", "<p>He did.</p>"),
        at(headline="Subscribe to war bonds, minister urges"),
    ),
}


@pytest.mark.parametrize("number", range(len(NO_ARTICLES)))
def test_a_page_that_is_no_article_is_named(number: int) -> None:
    """Walls, checks, errors, lists and media, each by its name."""
    kind, content, context = NO_ARTICLES[number]
    assert name_page(content, context) == kind


@pytest.mark.parametrize("case", ARTICLES)
def test_what_may_be_an_article_is_never_refused(case: str) -> None:
    """Stubs, flashes, live pages, and pages that look like others."""
    assert name_page(*ARTICLES[case]) is None


def test_a_page_that_was_an_article_stays_one() -> None:
    """A live page may look like a list; a check for robots in its place is no version of it."""
    before = PageContext(url=f"{SITE}/asia", headline="Live", was_article=True)
    assert name_page(page("Asia", TEASERS, typed("ItemList")), before) is None
    assert name_page(NO_ARTICLES[0][1], before) == NotArticle.BOT_CHECK


def test_a_refusal_that_is_a_check_for_robots_says_so() -> None:
    """Such pages mostly come with 403 or 503."""
    assert is_bot_check(NO_ARTICLES[0][1])
    assert not is_bot_check(page("403 Forbidden", "<p>nginx</p>"))


def test_hostile_pages_take_no_longer_than_others() -> None:
    """Doubling the bytes at most triples the time: nothing is quadratic in the event loop."""
    pieces = (b"<script", b"<!--", b"<a", b"<a ", b"</a", b"<meta ", b"<h1>", b"<title", b"<", b'"')
    for piece in (
        *pieces,
        b'<script type="ld+json">',
        b'"@type":"',
        b"@type [",
        b"<input type=",
        b"<i",
    ):
        small, large = (_seconds(piece * (size // len(piece))) for size in (250_000, 1_000_000))
        assert large < 0.5 + 8 * small, piece


def _seconds(content: bytes) -> float:
    began = time.process_time()
    read_facts(content)
    return time.process_time() - began

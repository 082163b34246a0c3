"""How title, time, authors, section and address are chosen, and what the record says."""

from datetime import UTC, datetime

import pytest

from services.cleaner.page.address import find_address
from services.cleaner.page.authors import find_authors
from services.cleaner.page.dates.published import find_modified, find_published
from services.cleaner.page.head import Head, Heading
from services.cleaner.page.section import find_section
from services.cleaner.page.titles.headline import find_headline
from services.cleaner.page.titles.site_names import host_names, site_keys, without_site
from shared.messages.schemas import FieldProvenance

NOW = datetime(2018, 9, 12, tzinfo=UTC)


def article(**properties: object) -> Head:
    described = {"@type": "NewsArticle", **properties}
    return Head(objects=[described], articles=[described])


def candidate_values(finding: FieldProvenance | None) -> list[tuple[str, str]]:
    assert finding is not None
    return [(value.witness, value.said) for value in finding.testimony]


def test_a_title_that_the_head_confirms_wins_over_the_sites_name() -> None:
    """The h1 that equals other titles wins, not the first one.

    The record has every title, and marks hidden headings.
    """
    head = Head(
        meta={"og:title": "Talks fail | Example Post"},
        title="Talks fail - Example Post",
        h1=[Heading("Example Post"), Heading("Talks fail")],
    )
    head.meta["og:site_name"] = "Example Post"
    title, provenance, finding = find_headline(head, None, None)
    assert (title, provenance) == ("Talks fail", "og + title + h1")
    assert candidate_values(finding) == [
        ("og", "Talks fail"),
        ("title", "Talks fail"),
        ("h1", "Example Post"),
        ("h1", "Talks fail"),
    ]


def test_a_visible_h1_wins_over_a_hidden_one() -> None:
    """That holds if both are equally confirmed."""
    head = Head(
        title="Talks fail in the end",
        h1=[Heading("Talks fail", hidden=True), Heading("Talks fail in")],
    )
    assert find_headline(head, None, None)[0] == "Talks fail in"


def test_without_an_h1_the_heads_majority_wins() -> None:
    """The title that most agree on wins; the site's name is found by the page's host."""
    head = Head(
        meta={"og:title": "Talks fail", "twitter:title": "Why talks failed"},
        title="Talks fail | Examplepost",
    )
    title, _, finding = find_headline(head, None, "https://www.examplepost.com/talks")
    assert title == "Talks fail"
    assert finding is not None
    assert finding.why == "no h1 is confirmed: what most of the others agree on"


def test_markup_in_an_h1_eats_no_spaces() -> None:
    """The title is spelt as one that differs in spaces only."""
    assert (
        find_headline(Head(title="Talks fail again", h1=[Heading("Talks failagain")]), None, None)[
            0
        ]
        == "Talks fail again"
    )


def test_json_ld_spells_the_headline() -> None:
    """JSON-LD spells the capitals and quotes; its entities and markup are removed."""
    head = article(headline="Talks &amp;#8217;fail&amp;#8217; <em>again</em>")
    head.h1.append(Heading("TALKS 'FAIL' AGAIN"))
    assert find_headline(head, None, None)[:2] == ("Talks ’fail’ again", "json-ld + h1")


def test_nobody_names_a_title() -> None:
    """Then there is no title and no record."""
    assert find_headline(Head(), None, None) == ("", "none", None)


def test_a_headlines_own_colon_stays() -> None:
    """Only what names the site is cut off."""
    sites = site_keys(["Example Post"]) | host_names("https://examplepost.com/talks")
    assert without_site("Talks: failed", sites) == "Talks: failed"


def test_times_that_differ_by_more_than_a_day_are_flagged() -> None:
    """JSON-LD is trusted first; the record has the other time in its own words and zone."""
    head = article(datePublished="2018-09-11T09:30:00+09:00")
    head.meta["article:published_time"] = "2018-09-08T09:30:00+09:00"
    published, finding = find_published(head, "", None, NOW)
    assert published is not None
    assert published.moment == datetime(2018, 9, 11, 0, 30, tzinfo=UTC)
    assert finding is not None
    assert (finding.chosen, finding.disagree) == ("json-ld", True)
    assert candidate_values(finding) == [
        ("json-ld", "2018-09-11T09:30:00+09:00"),
        ("meta", "2018-09-08T09:30:00+09:00"),
    ]


@pytest.mark.parametrize("other", ["2018-09-11", "2018-09-10", "2018-09-12T00:29:00Z"])
def test_times_within_a_day_agree(other: str) -> None:
    """A day without a time may be any moment of that day, in any zone."""
    head = article(datePublished="2018-09-11T00:30:00Z")
    head.meta["article:published_time"] = other
    finding = find_published(head, "", None, NOW)[1]
    assert finding is not None
    assert finding.disagree is False


def test_a_wrong_time_is_passed_over() -> None:
    """The next source is taken, and the record has the wrong words."""
    head = article(datePublished="soon")
    head.meta["date"] = "2018-09-11"
    published, finding = find_published(head, "", None, NOW)
    assert published is not None
    assert (published.provenance, published.precision) == ("meta", "day")
    assert candidate_values(finding)[0] == ("json-ld", "soon")


def test_a_date_that_only_a_script_names_is_found() -> None:
    """It is a guess; if scripts name several days, those are of several stories."""
    text = (
        '<html><head><script>var a = 1;</script><script>var page = {"datePublished": '
        '"2018-09-10"};</script></head><body><p>Talks.</p></body></html>'
    )
    published, finding = find_published(Head(), text, None, NOW)
    assert published is not None
    assert (published.moment.date().isoformat(), published.provenance) == ("2018-09-10", "script")
    assert published.is_guess
    assert candidate_values(finding) == [("script", "2018-09-10T00:00:00+00:00")]
    several = text.replace("</body>", "<script>var b = {publishedAt: '2018-09-01'}</script></body>")
    assert find_published(Head(), several, None, NOW) == (None, None)


def test_the_time_of_the_last_change() -> None:
    """JSON-LD comes before meta; without either there is none."""
    head = article(dateModified="2018-09-11T10:00:00Z")
    head.meta["article:modified_time"] = "2018-09-11T11:00:00Z"
    published, finding = find_modified(head, NOW)
    assert published is not None
    assert published.moment.hour == 10
    assert finding is not None
    assert find_modified(Head(), NOW) == (None, None)


def test_a_person_is_named_before_the_site() -> None:
    """A byline with a person wins over JSON-LD that names only the site.

    Without one, the site is taken.
    """
    head = article(headline="x", author={"name": "Example Post"})
    head.meta["og:site_name"] = "Example Post"
    assert find_authors(head, None)[:2] == (("Example Post",), "json-ld")
    head.bylines.append("By Ann Lee")
    names, provenance, finding = find_authors(head, None)
    assert (names, provenance) == (("Ann Lee",), "byline")
    assert candidate_values(finding) == [("json-ld", "Example Post"), ("byline", "By Ann Lee")]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann de Lee", ("Ann de Lee",)),
        ("記者 山田太郎", ("記者 山田太郎",)),
        ("Tips meg", ("EPN",)),
        ("By Lee", ("EPN",)),
        ("Lee Online", ("EPN",)),
    ],
)
def test_one_word_is_no_person(byline: str, names: tuple[str, ...]) -> None:
    """An agency in JSON-LD gives way to a person in the byline.

    It does not give way to a desk, a button or a single word.
    """
    head = article(headline="x", author={"@type": "Organization", "name": "EPN"})
    head.bylines.append(byline)
    assert find_authors(head, None)[0] == names


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("World", "World"),
        (["World", "Asia"], "World"),
        ({"a": 1}, None),
        ("x" * 90, None),
        ([], None),
    ],
)
def test_the_section(value: object, name: str | None) -> None:
    """A name, or the first of several; anything else is none."""
    assert find_section(article(headline="x", articleSection=value))[0] == name


def test_who_spoke_of_the_address_is_on_record() -> None:
    """A link to another site is recorded, but not taken."""
    address, provenance, finding = find_address(
        Head(canonical="https://evil.test/talks"), "https://example.org/talks"
    )
    assert (address, provenance) == ("https://example.org/talks", "fetched")
    assert candidate_values(finding) == [
        ("canonical", "https://evil.test/talks"),
        ("fetched", "https://example.org/talks"),
    ]

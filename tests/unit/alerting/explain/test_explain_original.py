from services.alerting.explain.original import NotLocated, SourceLocation, locate, parse_original
from shared.messages.schemas import Span

PAGE = (
    "<!doctype html><html><head><title>Kim wrote</title></head>\n"
    "<body><nav>Kim wrote</nav><!-- Trump -->\n"
    "<p>Pr&eacute;sident Tru<b>mp</b>&rsquo;s letter &amp; sum&shy;mit.</p>"
    "<script>var Trump = 1</script>\n<p>Kim left, Kim stayed.</p></body></html>"
)
BODY = "Président Trump’s letter & summit.\n\nKim left, Kim stayed."


def found(words: str, *, text: str = PAGE, body: str = BODY, is_html: bool = True) -> str | None:
    start = body.index(words)
    place = locate(
        parse_original(text, is_html=is_html), body, Span(start=start, end=start + len(words))
    )
    return text[place.start : place.end] if isinstance(place, SourceLocation) else None


def test_words_of_a_page_are_found_through_tags_and_entities() -> None:
    """Only what a reader sees counts.

    No tag, script or comment; an entity is the character that it stands for.
    """
    assert found("Président") == "Pr&eacute;sident"
    assert found("Trump") == "Tru<b>mp"
    assert found("letter & summit") == "letter &amp; sum&shy;mit"


def test_words_that_stand_twice_are_told_apart_by_what_stands_around_them() -> None:
    """“Kim” stands three times: its paragraph says which one is meant."""
    start = BODY.index("Kim stayed")
    place = locate(parse_original(PAGE, is_html=True), BODY, Span(start=start, end=start + 3))
    assert isinstance(place, SourceLocation)
    assert PAGE[place.start :].startswith("Kim stayed")
    assert (place.line, place.column) == (4, PAGE.splitlines()[3].index("Kim stayed") + 1)


def test_what_cannot_be_placed_is_said() -> None:
    """The reason is named for spans that cannot be located.

    Words that are not in the original, or there more than once, and a span without a word.
    """
    original = parse_original("Kim wrote. Kim wrote.", is_html=False)
    assert locate(original, "Kim wrote.", Span(start=0, end=3)) == NotLocated(
        "its words occur 2 times in the original"
    )
    assert locate(original, "Moon wrote.", Span(start=0, end=4)) == NotLocated(
        "its words do not occur in a row in the original"
    )
    assert locate(original, "…", Span(start=0, end=1)) == NotLocated("it holds no word to look for")


def test_a_wrapped_text_is_found_across_its_lines() -> None:
    """The cleaner joins lines; the words are the same."""
    assert (
        found(
            "second summit",
            text="MENU\nTrump wants a second\n  summit soon.",
            body="Trump wants a second summit soon.",
            is_html=False,
        )
        == "second\n  summit"
    )

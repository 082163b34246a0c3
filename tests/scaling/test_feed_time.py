"""No text keeps the parser of feeds busy: it ends as a feed or as invalid, and soon."""

import pytest

from services.fetcher.parsing.feed_parser import parse
from shared.base.outcomes import InvalidMessage
from tests.unit.fetcher.parsing.test_feed_oddities import URL, item, rss


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "&",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!DOCTYPE ",
        "&#xD83D;",
        "<!ENTITY ",
        "'",
        "<a ",
        "&a",
        "]]>",
        "<link ",
    ],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """A megabyte of one thing ends as a feed or as invalid, and soon (pytest's time limit)."""
    body = unit * (400_000 // len(unit))
    for text in (
        body,
        rss(item(body)),
        rss(item(f"<![CDATA[{body}]]>")),
        rss("", f"<!DOCTYPE a [{body}]>"),
    ):
        try:
            parse(text.encode(), None, URL)
        except InvalidMessage:
            continue

"""Numbered articles for a chaos run; each raises one alert. Pure.

Articles are distributed among desks; each desk has a rule and a webhook of its own.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article, invent_words

_DESKS: Final = """
alpha bravo charlie delta echo foxtrot juliett kilo lima mike november oscar
papa quebec romeo sierra tango uniform whiskey yankee zulu amber cobalt crimson
"""
DESKS: Final = tuple(_DESKS.split())
SOURCES: Final = 40
FIRST_STORY: Final = 1_000_000
"""Numbers of stories, which come through feeds, begin here; those of articles begin at 0."""
MARK: Final = "possible repeat"
_BEGIN: Final = datetime(2018, 9, 11, 8, tzinfo=UTC)
_NUMBER: Final = re.compile(r"Report (\d+):")
_RULE: Final = """\
  - id: {desk}
    title: The {desk} desk
    severity: low
    owner: tests
    when: summit AND {desk}
    notify: [slack:{desk}]
    tests:
      - article: {{headline: A summit, body: A summit of {desk}., date: 2018-09-11}}
        fires: true
"""


def desk_of(number: int) -> str:
    """Return the desk that is alerted of an article."""
    return DESKS[number % len(DESKS)]


def rules() -> str:
    """Return the rule file."""
    return "rules:\n" + "".join(_RULE.format(desk=desk) for desk in DESKS)


def headline(number: int) -> str:
    """Return the headline, in which ``number_of`` finds the number again."""
    return f"Report {number}: {' '.join(invent_words(number)[:4])} in {desk_of(number)}"


def paragraphs(number: int) -> tuple[str, ...]:
    """Return the body, in words of its own: each article is a story of its own, and a message."""
    words = invent_words(number)
    return (
        f"The summit of {desk_of(number)} saw {' '.join(words[4:10])}, number {number} said.",
        f"{' '.join(words[10:16])} gave {' '.join(words[16:20])} on day {number}.",
        f"{' '.join(words[20:26])} at {number}.",
    )


def article(number: int) -> RawArticle:
    """Return the article as the fetcher would write it."""
    text = "\n\n".join([headline(number), *paragraphs(number)]) + "\n"
    published_at = _BEGIN + timedelta(seconds=number)
    return build_raw_article(
        text,
        source=f"wire-{number % SOURCES}",
        uri=f"urn:chaos:{number}",
        fetched_at=published_at,
        origin="seed",
        published_at=published_at,
    )


def number_of(text: str) -> int:
    """Return the article number in a headline or a message; -1 if there is none."""
    match = _NUMBER.search(text)
    return int(match[1]) if match else -1


def number_of_uri(uri: str) -> int:
    """Return the number of an article or story from its address."""
    return int(re.split(r"[:/]", uri)[-1])


def number_of_record(value: bytes) -> int:
    """Return the number of a record of articles.raw."""
    return number_of_uri(decode(value, RawArticle).uri)

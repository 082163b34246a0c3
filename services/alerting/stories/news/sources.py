"""Whose words an article has: reprints of one agency are one source.

An agency is named in the dateline ("SEOUL (Reuters) -"), in a credit at the end ("(Reuters)",
"Reporting by AP"), or in the byline. A text that copies another one's words is that one's.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.alerting.stories.article import StoryArticle
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.credits import agency_in_credit, agency_in_dateline
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.sketch import containment

AGENCIES: Final = frozenset(
    (
        "reuters", "associated press", "ap", "afp", "agence france-presse", "dpa", "efe", "kyodo",
        "kyodo news", "yonhap", "yonhap news agency", "xinhua", "tass", "interfax", "ansa",
        "bloomberg", "upi", "pti", "ani", "jiji", "kcna", "apa", "sda", "press association",
        "pa media", "ians",
    )
)  # fmt: skip
"""Agencies that a byline may name, in lower case; a dateline or credit may name any."""
ALIASES: Final = {
    "associated press": "ap", "agence france-presse": "afp", "kyodo news": "kyodo",
    "yonhap news agency": "yonhap", "press association": "pa", "pa media": "pa",
}  # fmt: skip
_BYLINE_WORD: Final = re.compile(r"[^\W\d_][\w-]*")
_COPY_SHARE: Final = 0.5


def find_origin(article: ReadArticle, story: OpenStory) -> str:
    """Return whose words an article has: an agency, the source it copies, or its own source."""
    if agency := find_agency(article.article):
        return agency
    for number in _find_copies(article, story):
        return story.records[number].origin
    return source_key(article.article.source)


def name_agency(article: ReadArticle, origin: str, story: OpenStory) -> None:
    """Give the agency that an article names to those before it that had its text without a credit.

    Reprints count once, whichever of them names the agency.
    """
    if find_agency(article.article) is None:
        return
    for number in _find_copies(article, story):
        if find_agency(story.records[number].article) is None:
            story.records[number] = replace(story.records[number], origin=origin)


def _find_copies(article: ReadArticle, story: OpenStory) -> Iterator[int]:
    """Yield the numbers of the members whose words the article has."""
    for number, member in enumerate(story.members):
        if containment(article.runs, member.runs) >= _COPY_SHARE:
            yield number


def find_agency(article: StoryArticle) -> str | None:
    """Return the agency whose text an article says it is, None if it names none."""
    for agency in (agency_in_dateline(article.body), agency_in_credit(article.body)):
        if agency:
            return source_key(agency)
    byline = " ".join(_BYLINE_WORD.findall(article.byline)).casefold()
    named = (agency for agency in sorted(AGENCIES) if f" {agency} " in f" {byline} ")
    return next(map(source_key, named), None)


def source_key(name: str) -> str:
    """Return a name as sources are compared: "Pacific News" is the source pacific-news."""
    key = " ".join(name.casefold().split())
    return ALIASES.get(key, key).replace(" ", "-")

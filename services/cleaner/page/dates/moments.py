"""A time that a page or wire states, and who states it."""

from services.cleaner.article_draft import PageTime
from shared.dates.stated_time import parse_stated_time


def parse_moment(text: str, provenance: str) -> PageTime | None:
    """Return the time, or None if the text is none, or one from before the web."""
    stated = parse_stated_time(text)
    if stated is None:
        return None
    return PageTime(moment=stated.moment, precision=stated.precision, provenance=provenance)

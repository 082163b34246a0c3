"""The authors: from JSON-LD, meta elements, a byline element or the feed.

The site itself, or a desk, is an author only if no person is named.
"""

from services.cleaner.page.head import Head
from services.cleaner.page.json_ld import author_names
from services.cleaner.page.names import is_person, parse_names
from services.cleaner.page.provenance import record
from services.cleaner.text.characters import normalise
from shared.messages.schemas import FieldProvenance


def find_authors(
    head: Head, stated: str | None
) -> tuple[tuple[str, ...], str, FieldProvenance | None]:
    """Return the names, their provenance and the record; ((), "none", None) if there are none.

    ``stated``: the feed's byline.
    """
    in_json_ld = [name for article in head.articles for name in author_names(article)]
    sources = (
        ("json-ld", in_json_ld),
        ("meta", head.authors),
        ("byline", head.bylines),
        ("feed", [stated or ""]),
    )
    values = [(source, ", ".join(texts)) for source, texts in sources if any(texts)]
    names_by_source = [(source, parse_names(texts)) for source, texts in sources]
    sites = {normalise(site) for site in head.sites}
    for source, names in names_by_source:
        authors = tuple(name for name in names if normalise(name) not in sites)
        if any(map(is_person, authors)):
            why = "the first who names people"
            return authors, source, record("authors", source, why, values)
    for source, names in names_by_source:
        if names:
            why = "nobody but the site or a desk is named"
            return names, source, record("authors", source, why, values)
    return (), "none", None

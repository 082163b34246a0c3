"""Who wrote it: JSON-LD, meta elements, a byline element, the feed. The site itself only where nobody else is named."""

from services.cleaner.page.head import Head
from services.cleaner.page.json_ld import author_names
from services.cleaner.page.names import people
from services.cleaner.page.witnesses import finding
from shared.schemas import Finding


def find_authors(head: Head, stated: str | None) -> tuple[tuple[str, ...], str, Finding | None]:
    """The names, the witness and the record; ((), "none", None) where nobody is named. ``stated``: the feed's byline."""
    told = [name for article in head.articles for name in author_names(article)]
    witnesses = (("json-ld", told), ("meta", head.authors), ("byline", head.bylines), ("feed", [stated or ""]))
    said = [(witness, ", ".join(values)) for witness, values in witnesses if any(values)]
    for but, why in ((head.sites, "the first who names people"), ([], "nobody but the site is named")):
        for witness, values in witnesses:
            names = people(values, but=but)
            if names:
                return names, witness, finding("authors", witness, why, said)
    return (), "none", None

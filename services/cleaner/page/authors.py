"""Who wrote it: JSON-LD, meta elements, a byline element, the feed. The site itself, or a desk, only where no person is named."""

from services.cleaner.page.head import Head
from services.cleaner.page.json_ld import author_names
from services.cleaner.page.names import is_person, people
from services.cleaner.page.provenance import finding
from services.cleaner.text.characters import fold
from shared.messages.schemas import FieldProvenance


def find_authors(
    head: Head, stated: str | None
) -> tuple[tuple[str, ...], str, FieldProvenance | None]:
    """The names, the witness and the record; ((), "none", None) where nobody is named. ``stated``: the feed's byline."""
    told = [name for article in head.articles for name in author_names(article)]
    witnesses = (
        ("json-ld", told),
        ("meta", head.authors),
        ("byline", head.bylines),
        ("feed", [stated or ""]),
    )
    said = [(witness, ", ".join(values)) for witness, values in witnesses if any(values)]
    named = [(witness, people(values)) for witness, values in witnesses]
    own = {fold(site) for site in head.sites}
    for witness, names in named:
        others = tuple(name for name in names if fold(name) not in own)
        if any(map(is_person, others)):
            return others, witness, finding("authors", witness, "the first who names people", said)
    for witness, names in named:
        if names:
            return (
                names,
                witness,
                finding("authors", witness, "nobody but the site or a desk is named", said),
            )
    return (), "none", None

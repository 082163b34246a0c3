"""The section that an article is in: from JSON-LD, then meta elements."""

from typing import Final

from services.cleaner.page.head import Head
from services.cleaner.page.provenance import SourcedValue, choose_first
from services.cleaner.text.characters import tidy
from shared.messages.schemas import FieldProvenance

_META: Final = (
    *("article:section", "og:article:section", "parsely-section", "cxenseparse:section"),
    *("sailthru.section", "section"),
)
_MAX_CHARACTERS: Final = 80


def find_section(head: Head) -> tuple[str | None, FieldProvenance | None]:
    """Return the section's name and the record, or (None, None)."""
    values: list[SourcedValue] = [
        ("json-ld", _name(article.get("articleSection"))) for article in head.articles
    ]
    values += [("meta", _name(head.meta.get(name))) for name in _META]
    return choose_first("section", values)


def _name(value: object) -> str:
    """Return the name, or the first of several; "" for what is no section's name."""
    first = value[0] if isinstance(value, list) and value else value
    name = tidy(first) if isinstance(first, str) else ""
    return name if len(name) <= _MAX_CHARACTERS else ""

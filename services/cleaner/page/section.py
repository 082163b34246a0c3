"""The section that an article stands in: JSON-LD, then meta elements."""

from typing import Final

from services.cleaner.page.head import Head
from services.cleaner.page.provenance import SourcedValue, first_of
from services.cleaner.text.characters import tidy
from shared.messages.schemas import FieldProvenance

_META: Final = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "cxenseparse:section",
    "sailthru.section",
    "section",
)
_LONGEST: Final = 80


def find_section(head: Head) -> tuple[str | None, FieldProvenance | None]:
    """The section's name and the record, or (None, None)."""
    told: list[SourcedValue] = [
        ("json-ld", _name(each.get("articleSection"))) for each in head.articles
    ]
    told += [("meta", _name(head.meta.get(name))) for name in _META]
    return first_of("section", told)


def _name(value: object) -> str:
    """The name, or the first of several; "" for what is no name of a section."""
    first = value[0] if isinstance(value, list) and value else value
    name = tidy(first) if isinstance(first, str) else ""
    return name if len(name) <= _LONGEST else ""

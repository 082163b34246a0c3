"""A wire item in any format, and the extraction made of it: nothing is guessed or voted on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.page.dates.moments import parse_moment
from services.cleaner.page.names import parse_names
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from services.cleaner.text.characters import tidy
from services.cleaner.text.summaries import is_repeated, is_summary
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import PubStatus

_STATUS: Final[dict[str, PubStatus]] = {
    "usable": "usable",
    "withheld": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
}
_WITHDRAWN: Final = "Withdrawn by its publisher."
"""The body of a kill that has no text at all, since it has to reach those who read the article."""
_URGENCIES: Final = range(1, 10)
_VERSIONS: Final = range(1, 1_000_000)
_MAX_DIGITS: Final = 10
_EVIDENCE: Final = (
    *("headline", "byline", "language", "section"),
    *("located", "version", "pubstatus", "urgency"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItem:
    """An item's fields as text, as its format has them; ``paragraphs`` are plain text.

    ``format_name``: the name of the format, for the evidence. ``note``: what the editors say.
    """

    format_name: str
    headline: str = ""
    summary: str = ""
    byline: str = ""
    authors: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    language: str = ""
    section: str = ""
    located: str = ""
    version: str = ""
    created: str = ""
    changed: str = ""
    pubstatus: str = ""
    urgency: str = ""
    note: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


def to_extraction(item: WireItem) -> Extraction | Drop:
    """Return the item as an extraction.

    An item without text is dropped, unless it takes the article back: then its headline, or what
    it says instead, stands for its body. Raises InvalidMessage for an unknown status.
    """
    name = item.format_name
    status = _STATUS.get(item.pubstatus.rpartition(":")[2].strip().lower() or "usable")
    if status is None:
        raise InvalidMessage(
            f"{name}: unknown pubstatus {item.pubstatus[:40]!r}: use usable, withheld or canceled"
        )
    paragraphs = item.paragraphs
    if not paragraphs and status != "usable":
        paragraphs = (item.headline or item.summary or item.note or _WITHDRAWN,)
    if not paragraphs:
        return Drop(CleanDrop.EMPTY_BODY)
    evidence = {"body": name} | {key: name for key in _EVIDENCE if getattr(item, key)}
    is_deck = is_summary(item.summary, item.headline) and not is_repeated(item.summary, paragraphs)
    modified = parse_moment(item.changed, name)
    return Extraction(
        headline=item.headline,
        paragraphs=paragraphs,
        deck=item.summary if is_deck else "",
        authors=item.authors or parse_names([item.byline]),
        byline=item.byline or None,
        section=item.section or None,
        located=item.located or None,
        language=item.language.partition("-")[0].lower() or None,
        pubstatus=status,
        urgency=_parse_number(item.urgency, _URGENCIES),
        version=_parse_number(item.version, _VERSIONS),
        published=parse_moment(item.created, name) or modified,
        modified=modified,
        evidence={
            **evidence,
            "version": item.version or "none",
            **({"deck": name} if is_deck else {}),
        },
    )


def _parse_number(text: str, allowed: range) -> int | None:
    if not text.isdecimal() or len(text) >= _MAX_DIGITS:
        return None
    return int(text) if int(text) in allowed else None


def plain_paragraphs(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each line with text as a paragraph."""
    lines = (tidy(line) for text in texts for line in text.split("\n"))
    return tuple(filter(None, lines))


def html_paragraphs(html: str) -> tuple[str, ...]:
    """Return all blocks of text of a body in HTML: a wire's body has nothing around it."""
    return tuple(filter(None, map(tidy, walk_page(parse_page(html)).texts)))

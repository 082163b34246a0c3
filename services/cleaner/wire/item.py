"""What any wire's format says of an item, and the cut that follows from it: nothing is guessed, nothing is voted on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.cleaner.article_draft import Extraction
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.page.dates.moments import parsed as parsed_time
from services.cleaner.page.names import people
from services.cleaner.page.page_blocks import walked
from services.cleaner.page.parse import parsed
from services.cleaner.text.characters import tidy
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages.schemas import PubStatus

_STATUS: Final[dict[str, PubStatus]] = {
    "usable": "usable",
    "withheld": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
}
_URGENCIES: Final = range(1, 10)
_VERSIONS: Final = range(1, 1_000_000)
_LONGEST_NUMBER: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItem:
    """An item's fields as text, as the format has them; ``paragraphs`` are plain. ``form``: the format's name, for the evidence."""

    form: str
    headline: str = ""
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
    evidence: dict[str, str] = field(default_factory=dict)


def as_cut(item: WireItem) -> Extraction | Drop:
    """The cut. Drop: an item without text that is not a kill; a kill's headline stands for its body. InvalidMessage: an unknown status."""
    status = _STATUS.get(item.pubstatus.rpartition(":")[2].strip().lower() or "usable")
    if status is None:
        raise InvalidMessage(
            f"{item.form}: unknown pubstatus {item.pubstatus[:40]!r}: usable, withheld and canceled are known"
        )
    paragraphs = item.paragraphs or (
        (item.headline,) if status == "canceled" and item.headline else ()
    )
    if not paragraphs:
        return Drop(CleanDrop.EMPTY_BODY)
    known = (
        "headline",
        "byline",
        "language",
        "section",
        "located",
        "version",
        "pubstatus",
        "urgency",
    )
    return Extraction(
        headline=item.headline,
        paragraphs=paragraphs,
        authors=item.authors or people([item.byline]),
        byline=item.byline or None,
        section=item.section or None,
        located=item.located or None,
        language=item.language.partition("-")[0].lower() or None,
        pubstatus=status,
        urgency=_number(item.urgency, _URGENCIES),
        version=_number(item.version, _VERSIONS),
        published=parsed_time(item.created, item.form) or parsed_time(item.changed, item.form),
        modified=parsed_time(item.changed, item.form),
        evidence={
            "body": item.form,
            **{name: item.form for name in known if getattr(item, name)},
            "version": item.version or "none",
        },
    )


def _number(text: str, allowed: range) -> int | None:
    return (
        int(text)
        if text.isdecimal() and len(text) < _LONGEST_NUMBER and int(text) in allowed
        else None
    )


def plain_paragraphs(texts: Iterable[str]) -> tuple[str, ...]:
    """Each line with text is a paragraph."""
    return tuple(line for text in texts for each in text.split("\n") if (line := tidy(each)))


def marked_up_paragraphs(html: str) -> tuple[str, ...]:
    """The blocks of text of a body in HTML; a wire's body has nothing around it, so all of them."""
    return tuple(line for text in walked(parsed(html)).texts if (line := tidy(text)))

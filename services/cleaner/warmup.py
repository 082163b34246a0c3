"""Loads what cleaning needs, models included, by cleaning one page as the stage does: child processes that are forked from here start warm."""

from datetime import UTC, datetime
from typing import Final

from services.cleaner.app import prepare
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle

_PAGE: Final = (
    "<html><head><title>Talks go on</title></head><body><article><h1>Talks go on</h1><p>{0}</p>"
    "<aside><ul><li><a href=/a>More</a></li></ul></aside><p>Still, {0}</p>"
    "</article></body></html>"
)
"""With a box inside the article: why it is left out is worked out by compiled code, too."""
_SENTENCE: Final = (
    "Both sides said on Monday that the talks would go on until the end of the week. "
)

for _type, _content in (
    ("text/html", _PAGE.format(_SENTENCE * 6)),
    ("text/plain", f"Talks go on\n\n{_SENTENCE * 6}\n"),
):
    # prepare() itself, not clean(): a child finds it by its module, whose import would take the first page a second.
    prepare(
        encode(
            RawArticle(
                source="warm",
                uri="urn:warm",
                content_type=_type,
                content=_content.encode(),
                fetched_at=datetime(2018, 9, 11, tzinfo=UTC),
                origin="push",
            )
        )
    )

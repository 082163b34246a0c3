"""Load everything that cleaning needs by cleaning a page and a text, as the stage does.

Child processes forked from a process that imported this module start with models and compiled
code loaded.
"""

from datetime import UTC, datetime
from typing import Final

# Imported by the first page that needs it: here, so that no child process imports it again.
import trafilatura  # noqa: F401

from services.cleaner.candidate import prepare
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle

_PAGE: Final = (
    "<html><head><title>Talks go on</title></head><body><article><h1>Talks go on</h1><p>{0}</p>"
    "<aside><ul><li><a href=/a>More</a></li></ul></aside><p>Still, {0}</p>"
    "</article></body></html>"
)
"""It has a box inside the article, because compiled code also explains why that is left out."""
_SENTENCE: Final = (
    "Both sides said on Monday that the talks would go on until the end of the week. "
)

for _type, _content in (
    ("text/html", _PAGE.format(_SENTENCE * 6)),
    ("text/plain", f"Talks go on\n\n{_SENTENCE * 6}\n"),
):
    # prepare() itself, not clean(): a child finds the function by its module, and importing that
    # module late would cost its first page a second.
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
